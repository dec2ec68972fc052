import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { getTradeTotals, listTrades } from '@stratdesk/contracts/trades'
import { letTimePass, openScreen, read, startRunAsIs, untilRunning } from '../acts.ts'
import { expect, test } from '../journey.ts'
import type { Stack } from '../stack.ts'

/** An account with two stopped runs, so that what is counted does not move. */
async function tradeALittle(page: Page, stack: Stack): Promise<void> {
  const names = ['Fast one', 'Slow one'] as const
  await startRunAsIs(page, stack, { name: names[0] })
  await startRunAsIs(page, stack, { name: names[1], fastLength: 4, slowLength: 10 })
  await untilRunning(page, stack)
  await letTimePass(stack, 90)
  await expect
    .poll(
      async () => new Set((await read(page, stack, listTrades)).items.map((trade) => trade.runName)).size,
      {
        timeout: 60_000,
      },
    )
    .toBe(2)
  await openScreen(page, 'Runs')
  for (const name of names) {
    await page.getByRole('button', { name: `Stop ${name}` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and close positions' }).click()
    await expect(page.getByRole('row', { name })).toContainText('Stopped')
  }
}

const table = (page: Page) => page.getByRole('region', { name: 'Trades' })

async function choose(page: Page, filter: string, option: string): Promise<void> {
  await page
    .getByRole('group', { name: 'Filters' })
    .getByRole('combobox', { name: filter, exact: true })
    .click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

test('filters live in the address, narrow list and totals alike, and the CSV has exactly them', async ({
  signedIn: page,
  stack,
}) => {
  await tradeALittle(page, stack)
  await openScreen(page, 'Trades')
  await expect(table(page)).toContainText('Fast one')
  await expect(table(page)).toContainText('Slow one')

  await choose(page, 'Run', 'Fast one')
  await choose(page, 'Side', 'Long')
  await expect(page).toHaveURL(/runId=[0-9a-f-]{36}/)
  await expect(page).toHaveURL(/side=long/)
  await expect(table(page)).not.toContainText('Slow one')
  await expect(table(page)).not.toContainText('Short')

  const address = page.url()
  const filters = Object.fromEntries(new URL(address).searchParams)
  const { count } = await read(page, stack, getTradeTotals, filters)
  expect(count).toBeGreaterThan(0)
  await expect(table(page).locator('table')).toHaveAttribute('aria-rowcount', String(count))

  await test.step('the CSV', async () => {
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export CSV' }).click()
    const download = await coming
    expect(download.suggestedFilename()).toMatch(/^trades-\d{4}-\d\d-\d\d\.csv$/)
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n')
    expect(lines).toHaveLength(count + 1)
    for (const line of lines.slice(1)) {
      expect(line).toContain('Fast one')
      expect(line).toContain('long')
    }
  })

  await test.step('the address alone brings it all back', async () => {
    await page.goto('/')
    await page.goto(address)
    await expect(table(page)).toContainText('Fast one')
    await expect(table(page)).not.toContainText('Slow one')
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await expect(table(page)).toContainText('Slow one')
    await expect(page).toHaveURL('/trades')
  })
})

test('a trade opens with its entry, exit, charges and reasons, and Esc closes it', async ({
  signedIn: page,
  stack,
}) => {
  await startRunAsIs(page, stack, { name: 'One to look at' })
  await untilRunning(page, stack)
  await letTimePass(stack, 90)
  await openScreen(page, 'Trades')
  await expect(table(page)).toContainText('One to look at', { timeout: 60_000 })
  await table(page).getByRole('button').first().click()
  const drawer = page.getByRole('dialog')
  await expect(drawer).toContainText(/EMA 3 crossed (above|below) EMA 8|Stop-loss|Take-profit/)
  await expect(drawer).toContainText('Charges')
  await expect(page).toHaveURL(/trade=[0-9a-f-]{36}/)
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(page).not.toHaveURL(/trade=/)
})
