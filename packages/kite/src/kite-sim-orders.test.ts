import { startKiteSim, type RunningKiteSim } from '@stratdesk/kite-sim/sim'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isTerminal, type Order } from './order-shapes.ts'
import { accountPnl } from './pnl.ts'
import { signIn, until } from './testing/sign-in.ts'

const start = '2026-11-23T05:00:00Z'
let sim: RunningKiteSim
beforeEach(async () => {
  sim = await startKiteSim({ seed: 'kite orders', start, speed: 1 })
})
afterEach(() => sim.close())

const infy = { exchange: 'NSE', tradingsymbol: 'INFY', product: 'MIS', quantity: 5 } as const
const buyNow = { ...infy, transactionType: 'BUY', orderType: 'MARKET', marketProtection: -1 } as const

test('two brokers at once: each hears and sees its own orders alone, and the end of one leaves the other', async () => {
  await using uk9394 = await signIn(sim, 'UK9394')
  await using uk1234 = await signIn(sim, 'UK1234')
  expect(await uk9394.client.profile()).toMatchObject({ userId: 'UK9394' })
  expect(await uk1234.client.profile()).toMatchObject({ userId: 'UK1234' })

  const [mine, theirs] = await Promise.all([
    uk9394.client.placeOrder({ ...buyNow, tag: 'ofUK9394' }),
    uk1234.client.placeOrder({ ...buyNow, transactionType: 'SELL', quantity: 7, tag: 'ofUK1234' }),
  ])
  expect([mine.outcome, theirs.outcome]).toEqual(['accepted', 'accepted'])
  const isDone = ({ orders }: { orders: readonly Order[] }) =>
    orders.some((order) => order.status === 'COMPLETE')
  await until(() => isDone(uk9394) && isDone(uk1234))
  expect(new Set(uk9394.orders.map((order) => order.tag))).toEqual(new Set(['ofUK9394']))
  expect(new Set(uk1234.orders.map((order) => order.tag))).toEqual(new Set(['ofUK1234']))

  for (const [{ client }, tag, quantity] of [
    [uk9394, 'ofUK9394', 5],
    [uk1234, 'ofUK1234', -7],
  ] as const) {
    expect((await client.orders()).map((order) => order.tag)).toEqual([tag])
    const trades = await client.trades()
    expect(trades.reduce((sum, trade) => sum + trade.quantity, 0)).toBe(Math.abs(quantity))
    const { net } = await client.positions()
    expect(net).toEqual([expect.objectContaining({ tradingsymbol: 'INFY', quantity })])
    expect(accountPnl(net)).toMatch(/^-?\d+(\.\d+)?$/)
  }

  await uk9394.ticker.close()
  const heardBefore = uk9394.orders.length
  await uk1234.client.placeOrder({ ...buyNow, tag: 'second' })
  await until(() => uk1234.orders.some((order) => order.tag === 'second' && order.status === 'COMPLETE'))
  expect(uk1234.ticker.status.state).toBe('open')
  expect(uk1234.ticker.counters.reconnects).toBe(0)
  expect(uk9394.orders).toHaveLength(heardBefore)
})

test('an order of one broker does not exist for another', async () => {
  await using uk9394 = await signIn(sim, 'UK9394')
  await using uk1234 = await signIn(sim, 'UK1234')
  const resting = { ...infy, transactionType: 'BUY', orderType: 'LIMIT' } as const
  const quote = (await uk9394.client.quote(['NSE:INFY'])).get('NSE:INFY')
  const placed = await uk9394.client.placeOrder({
    ...resting,
    price: quote?.lowerCircuitLimit ?? '1500',
    tag: 'rests',
  })
  if (placed.outcome !== 'accepted') throw placed.error
  const { orderId } = placed
  await until(() => uk9394.orders.some((order) => order.orderId === orderId && order.status === 'OPEN'))
  expect((await uk9394.client.orders()).find((order) => order.orderId === orderId)).toMatchObject({
    price: quote?.lowerCircuitLimit,
    filledQuantity: 0,
  })

  expect(await uk1234.client.cancelOrder({ orderId })).toMatchObject({ outcome: 'rejected' })
  await expect(uk1234.client.orderHistory(orderId)).rejects.toMatchObject({ name: 'KiteError' })
  expect((await uk1234.client.orders()).map((order) => order.orderId)).not.toContain(orderId)

  expect(await uk9394.client.cancelOrder({ orderId })).toEqual({ outcome: 'accepted', orderId })
  await until(() => uk9394.orders.some((order) => order.orderId === orderId && isTerminal(order.status)))
  expect((await uk9394.client.orderHistory(orderId)).at(-1)).toMatchObject({ orderId, status: 'CANCELLED' })
})
