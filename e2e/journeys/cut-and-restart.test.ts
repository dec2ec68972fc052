import type { Page } from '@playwright/test'
import { listOrders } from '@stratdesk/contracts/orders'
import { listPositions } from '@stratdesk/contracts/positions'
import { letTimePass, openScreen, read, skipToTrades, startRun } from '../acts.ts'
import { expect, test } from '../journey.ts'
import { fillBrokerLogin } from '../sign-in.ts'
import type { Stack } from '../stack.ts'

const cut = /Live updates are cut since/

test(
  'a cut line is said in a banner, and the page recovers by itself',
  { tag: '@every-browser' },
  async ({ signedIn: page, stack }) => {
    await startRun(page, { name: 'Through the tunnel' })
    await skipToTrades(page, stack)
    const entries = page.getByRole('figure')
    await expect(entries).toContainText(/[1-9]\d* entr/, { timeout: 60_000 })
    await page.evaluate('window.notReloaded = true')
    const before = (await read(page, stack, listOrders)).items.length

    stack.wire.cut()
    await expect(page.getByRole('status').filter({ hasText: cut })).toBeVisible()
    await letTimePass(stack, 60)
    stack.wire.mend()

    await expect(page.getByRole('status').filter({ hasText: cut })).toBeHidden({ timeout: 20_000 })
    await expect(page.getByRole('banner')).toContainText('Live')
    await expect
      .poll(async () => (await read(page, stack, listOrders)).items.length, { timeout: 40_000 })
      .toBeGreaterThan(before)
    const after = (await read(page, stack, listOrders)).items.length
    await page.getByRole('tab', { name: 'Orders' }).click()
    await expect(page.getByRole('tabpanel').getByRole('row').nth(Math.min(after, 40))).toBeVisible()
    expect(await page.evaluate('window.notReloaded')).toBe(true)
  },
)

for (const how of ['politely', 'at once'] as const) {
  test(`a server that ends ${how} and comes back loses no fill and doubles none`, async ({
    signedIn: page,
    stack,
    brokerId,
  }) => {
    await startRun(page, { name: 'Survivor' })
    await skipToTrades(page, stack)
    await expect(page.getByRole('figure')).toContainText(/[1-9]\d* entr/, { timeout: 60_000 })

    await stack.api.stop(how)
    await expect(page.getByRole('status').filter({ hasText: cut })).toBeVisible()
    await letTimePass(stack, 30)
    await stack.api.start()

    await signInAgainWhereAsked(page, brokerId)
    await openScreen(page, 'Runs')
    await expect(page.getByRole('row', { name: 'Survivor' })).toContainText('Running')
    const before = (await read(page, stack, listOrders)).items.length
    await letTimePass(stack, 60)
    await expect
      .poll(async () => (await read(page, stack, listOrders)).items.length, { timeout: 40_000 })
      .toBeGreaterThan(before)
    await expectEveryFillOnce(page, stack)
  })
}

/** Sessions are kept in the server's memory: when it has ended, the page asks for the broker's login again. */
async function signInAgainWhereAsked(page: Page, brokerId: string): Promise<void> {
  await expect(page.getByText('You were signed out on this device')).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Sign in with Kite' }).click()
  await fillBrokerLogin(page, brokerId)
  await expect(page.getByRole('heading', { name: 'Survivor', level: 1 })).toBeVisible()
}

/**
 * The strategy is always flat, or long or short by its quantity: a fill that was doubled or lost would leave the sum
 * of its orders elsewhere, and the position that is shown would not be that sum.
 */
async function expectEveryFillOnce(page: Page, stack: Stack): Promise<void> {
  const { items } = await read(page, stack, listOrders, { limit: '200' })
  let held = 0
  for (const order of items.toReversed()) {
    expect(order).toMatchObject({ status: 'complete', filledQuantity: order.quantity })
    held += order.side === 'buy' ? order.quantity : -order.quantity
    expect([-10, 0, 10], `after order ${order.tag}`).toContain(held)
  }
  expect(new Set(items.map((order) => order.tag)).size).toBe(items.length)
  await expect
    .poll(async () => {
      const [orders, positions] = await Promise.all([
        read(page, stack, listOrders, { limit: '200' }),
        read(page, stack, listPositions),
      ])
      const sum = orders.items.reduce(
        (total, { side, quantity }) => total + (side === 'buy' ? quantity : -quantity),
        0,
      )
      return sum - (positions.items[0]?.quantity ?? 0)
    })
    .toBe(0)
}
