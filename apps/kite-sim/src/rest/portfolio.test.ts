import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type RunningKiteSim, startKiteSim } from '../app.ts'
import { type Client, signIn } from '../testing/client.ts'

let sim: RunningKiteSim
let client: Client
beforeEach(async () => {
  sim = await startKiteSim({ seed: 'portfolio', speed: 0, start: '2026-11-23T05:00:00Z' })
  client = await signIn(sim, 'UK9394')
})
afterEach(() => sim.close())

const trade = (side: string, quantity: number, form: Record<string, string> = {}) =>
  client.send('POST', '/orders/regular', {
    exchange: 'SIM',
    tradingsymbol: 'SPX500',
    transaction_type: side,
    quantity: String(quantity),
    product: 'MIS',
    order_type: 'MARKET',
    market_protection: '-1',
    ...form,
  })

const numbers = z.looseObject({
  quantity: z.number(),
  average_price: z.number(),
  last_price: z.number(),
  pnl: z.number(),
  buy_value: z.number(),
  sell_value: z.number(),
  multiplier: z.number(),
})
async function positions() {
  const { data } = await client.get('/portfolio/positions')
  return z.object({ net: z.array(numbers), day: z.array(numbers) }).parse(data)
}
const equity = async () => {
  const { data } = await client.get('/user/margins')
  const funds = z.object({ net: z.number(), utilised: z.record(z.string(), z.number()) })
  return z.object({ equity: funds }).parse(data).equity
}

test('a position’s profit is sold minus bought plus what is left at the last price', async () => {
  await trade('BUY', 10)
  await sim.clock.set({ advance: 3 })
  await trade('SELL', 4)
  await sim.clock.set({ advance: 3 })
  const { net, day } = await positions()
  expect(net).toHaveLength(1)
  expect(day).toEqual(net)
  const [row] = net
  expect(row).toMatchObject({ quantity: 6, multiplier: 1, buy_quantity: 10, sell_quantity: 4 })
  const expected = (row?.sell_value ?? 0) - (row?.buy_value ?? 0) + 6 * (row?.last_price ?? 0)
  expect(row?.pnl).toBeCloseTo(expected, 2)
  expect(row?.average_price).toBeCloseTo((row?.buy_value ?? 0) / 10, 4)
})

test('a closed position stays as a row that carries its profit, and frees its margin', async () => {
  const before = await equity()
  await trade('BUY', 10)
  expect((await equity()).net).toBeLessThan(before.net)
  await sim.clock.set({ advance: 10 })
  await trade('SELL', 10)
  const [row] = (await positions()).net
  expect(row).toMatchObject({ quantity: 0, average_price: 0 })
  expect(row?.pnl).not.toBe(0)
  expect((await equity()).net).toBeCloseTo(before.net + (row?.pnl ?? 0), 2)
})

test('a sale beyond the position turns it short at the price of the sale', async () => {
  await trade('BUY', 5)
  await sim.clock.set({ advance: 1 })
  await trade('SELL', 8)
  const [row] = (await positions()).net
  expect(row?.quantity).toBe(-3)
  expect(row?.average_price).toBeCloseTo((row?.sell_value ?? 0) / 8, 4)
})

test('an open order blocks funds until it is cancelled', async () => {
  const before = await equity()
  const placed = await trade('BUY', 10, { order_type: 'LIMIT', price: '1.00', product: 'CNC' })
  expect((await equity()).net).toBeCloseTo(before.net - 10, 2)
  const id = z.object({ order_id: z.string() }).parse(placed.data).order_id
  await client.send('DELETE', `/orders/regular/${id}`)
  expect(await equity()).toEqual(before)
})

test('positions and funds are each user’s own', async () => {
  const other = await signIn(sim, 'UK1234')
  await trade('BUY', 10)
  expect((await other.get('/portfolio/positions')).data).toEqual({ net: [], day: [] })
  expect(await other.get('/user/margins/equity')).toMatchObject({ data: { net: 1_000_000 } })
  expect(await other.get('/portfolio/holdings')).toMatchObject({ http: 200, data: [] })
})
