import { openScreen, skipToTrades, startRun } from '../acts.ts'
import { expect, test } from '../journey.ts'

test(
  'trades appear within a minute without reload, on chart, tabs and log',
  { tag: '@every-browser' },
  async ({ signedIn: page }) => {
    await page.evaluate('window.notReloaded = true')
    await startRun(page, { name: 'Watched' })
    await expect(page.getByRole('main')).toContainText('Running')

    await test.step('the chart shows prices with entries and exits', async () => {
      await expect(page.getByRole('figure')).toContainText(/[1-9]\d* entr(y|ies), [1-9]\d* exits?/, {
        timeout: 60_000,
      })
      await expect(page.getByRole('figure').locator('canvas').first()).toBeVisible()
    })

    await test.step('its trades and orders have reasons', async () => {
      await page.getByRole('tab', { name: 'Trades' }).click()
      await expect(page.getByRole('tabpanel')).toContainText(/SIM:SPX500/)
      await page.getByRole('tab', { name: 'Orders' }).click()
      await expect(page.getByRole('tabpanel')).toContainText(/EMA 3 crossed (above|below) EMA 8/)
    })

    await test.step('its log says what it did and why it did not trade', async () => {
      await page.getByRole('tab', { name: 'Log' }).click()
      const log = page.getByRole('list', { name: 'Log, newest first' })
      await expect(log).toContainText(/EMA 3 crossed (above|below) EMA 8/)
      await page.getByRole('button', { name: 'Why no trade' }).click()
      await expect(log.getByRole('listitem').first()).toContainText(/no order/i)
      await expect(page).toHaveURL(/find=no/)
    })
    expect(await page.evaluate('window.notReloaded')).toBe(true)

    await test.step('reload keeps the open tab, and the chart’s table has the same entries', async () => {
      await page.reload()
      await expect(page.getByRole('tab', { name: 'Log', selected: true })).toBeVisible()
      await page.getByRole('tab', { name: 'Overview' }).click()
      await page.getByRole('button', { name: 'Show as table' }).click()
      await expect(page.getByRole('figure').getByRole('table')).toContainText(/(bought|sold|long|short)/i)
    })
  },
)

test('a live number moves and is never old while the stream runs', async ({ signedIn: page }) => {
  await startRun(page, { name: 'Moving' })
  const pnl = page.getByText(/^[+−]₹[\d,]+\.\d\d$/).first()
  await expect(pnl).toBeVisible({ timeout: 30_000 })
  const before = await pnl.innerText()
  await expect(pnl).not.toHaveText(before, { timeout: 20_000 })
  await expect(page.getByRole('banner')).toContainText('Live')
})

test('a run is stopped with its position closed, and its parameters can be used again', async ({
  signedIn: page,
  stack,
}) => {
  await startRun(page, { name: 'First try', fastLength: 4, slowLength: 11 })
  await skipToTrades(page, stack)
  await expect(page.getByRole('figure')).toContainText(/[1-9]\d* entr/, { timeout: 60_000 })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop and close positions' }).click()
  await expect(page.getByRole('main')).toContainText('Stopped')
  await openScreen(page, 'Positions')
  await expect(page.getByRole('main')).not.toContainText('First try')

  await openScreen(page, 'Runs')
  await page.getByRole('link', { name: 'First try' }).click()
  await page.getByRole('link', { name: 'Duplicate' }).click()
  await expect(page.getByLabel('Slow average', { exact: true })).toHaveValue('11')
})
