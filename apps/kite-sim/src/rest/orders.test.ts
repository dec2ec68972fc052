import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type RunningKiteSim, startKiteSim } from '../app.ts'
import { type Answer, type Client, signIn, waitFor } from '../testing/client.ts'

const options = { seed: 'orders', speed: 0, start: '2026-11-23T05:00:00Z' }
let sim: RunningKiteSim
let client: Client
beforeEach(async () => {
  sim = await startKiteSim(options)
  client = await signIn(sim, 'UK9394')
})
afterEach(() => sim.close())

const market = {
  exchange: 'NSE',
  tradingsymbol: 'INFY',
  transaction_type: 'BUY',
  quantity: '10',
  product: 'MIS',
  order_type: 'MARKET',
  market_protection: '-1',
}
const idOf = (answer: Answer): string => z.object({ order_id: z.string() }).parse(answer.data).order_id
const place = async (form: Record<string, string>, by = client): Promise<string> =>
  idOf(await by.send('POST', '/orders/regular', form))
const limit = (price: number, form: Record<string, string> = {}) => ({
  ...market,
  order_type: 'LIMIT',
  price: price.toFixed(2),
  ...form,
})
const history = async (id: string) => (await client.get(`/orders/${id}`)).data

const depthShape = z.array(z.object({ price: z.number(), quantity: z.number() }))
async function book(name: string) {
  const { data } = await client.get(`/quote?i=${name}`)
  const shape = z.object({ depth: z.object({ buy: depthShape, sell: depthShape }) })
  const { buy, sell } = z.record(z.string(), shape).parse(data)[name]?.depth ?? { buy: [], sell: [] }
  return { bid: buy[0]?.price ?? 0, ask: sell[0]?.price ?? 0, buy, sell }
}

test('a market order completes at once at the best price of the other side', async () => {
  const { bid, ask } = await book('NSE:INFY')
  const bought = await place({ ...market, quantity: '1', tag: 'mine1' })
  const sold = await place({ ...market, quantity: '1', transaction_type: 'SELL' })
  expect((await client.get('/orders')).data).toMatchObject([
    { order_id: bought, status: 'COMPLETE', filled_quantity: 1, average_price: ask, tag: 'mine1' },
    { order_id: sold, status: 'COMPLETE', filled_quantity: 1, average_price: bid, tag: null },
  ])
  expect((await client.get('/trades')).data).toMatchObject([
    { order_id: bought, transaction_type: 'BUY', quantity: 1, average_price: ask },
    { order_id: sold, transaction_type: 'SELL', quantity: 1, average_price: bid },
  ])
  expect(await history(bought)).toMatchObject(
    ['PUT ORDER REQ RECEIVED', 'VALIDATION PENDING', 'OPEN PENDING', 'OPEN', 'COMPLETE'].map((status) => ({
      status,
    })),
  )
})

test('a large market order walks down the levels, each a trade of its own', async () => {
  const { sell } = await book('NSE:SBIN')
  const quantity = sell.reduce((sum, level) => sum + level.quantity, 0) - 1
  const id = await place({ ...market, tradingsymbol: 'SBIN', quantity: String(quantity) })
  const trades = z
    .array(z.object({ average_price: z.number(), quantity: z.number() }))
    .parse((await client.get(`/orders/${id}/trades`)).data)
  expect(trades.map(({ average_price: price }) => price)).toEqual(sell.map(({ price }) => price))
  expect(trades.reduce((sum, trade) => sum + trade.quantity, 0)).toBe(quantity)
})

test('a limit order rests until it is crossed, and then fills at its limit', async () => {
  const { bid } = await book('NSE:INFY')
  const price = bid - 1
  const id = await place(limit(price))
  expect(await history(id)).toMatchObject({ 3: { status: 'OPEN', filled_quantity: 0, pending_quantity: 10 } })
  for (let seconds = 0; seconds < 3600 && (await book('NSE:INFY')).ask > price; seconds++) {
    expect((await client.get('/trades')).data).toEqual([])
    await sim.clock.set({ advance: 1 })
  }
  expect((await client.get('/orders')).data).toMatchObject([
    { status: 'COMPLETE', average_price: price, filled_quantity: 10, pending_quantity: 0 },
  ])
})

test('a limit order beyond the best price fills what stands there and rests with the remainder', async () => {
  const { sell } = await book('NSE:INFY')
  const [first, second] = [sell[0] ?? { price: 0, quantity: 0 }, sell[1] ?? { price: 0, quantity: 0 }]
  const quantity = first.quantity + second.quantity + 1
  await place(limit(second.price, { quantity: String(quantity) }))
  expect((await client.get('/orders')).data).toMatchObject([
    { status: 'OPEN', filled_quantity: quantity - 1, pending_quantity: 1 },
  ])
  await place(limit(1, { validity: 'IOC' }))
  expect((await client.get('/orders')).data).toMatchObject({
    1: { status: 'CANCELLED', cancelled_quantity: 10 },
  })
})

test('an open order is modified and cancelled; a finished one is neither', async () => {
  const { bid, ask } = await book('NSE:INFY')
  const id = await place(limit(bid - 20))
  const path = `/orders/regular/${id}`
  const wanted = { price: (bid - 30).toFixed(2), quantity: '5' }
  expect(await client.send('PUT', path, wanted)).toMatchObject({ http: 200, data: { order_id: id } })
  expect((await client.get('/orders')).data).toMatchObject([
    { status: 'OPEN', quantity: 5, price: Number(wanted.price), modified: true },
  ])
  expect(await client.send('DELETE', path)).toMatchObject({ http: 200, data: { order_id: id } })
  expect((await client.get('/orders')).data).toMatchObject([{ status: 'CANCELLED', cancelled_quantity: 5 }])
  for (const method of ['PUT', 'DELETE'] as const) {
    const refused = await client.send(method, path, { price: ask.toFixed(2) })
    expect(refused).toMatchObject({ http: 400, error_type: 'OrderException' })
  }
})

test('a modification up to the market fills the order', async () => {
  const { bid, ask } = await book('NSE:INFY')
  const id = await place(limit(bid - 20, { quantity: '1' }))
  await client.send('PUT', `/orders/regular/${id}`, { price: (ask + 1).toFixed(2) })
  expect((await client.get('/orders')).data).toMatchObject([{ status: 'COMPLETE', average_price: ask }])
})

test('the owner hears of every change on every ticker socket, and nobody else does', async () => {
  const other = await signIn(sim, 'UK1234')
  const [one, two, theirs] = [await client.ticker(), await client.ticker(), await other.ticker()]
  const { bid } = await book('NSE:INFY')
  const id = await place(limit(bid - 20, { tag: 'heard' }))
  await client.send('PUT', `/orders/regular/${id}`, { quantity: '20' })
  await client.send('DELETE', `/orders/regular/${id}`)
  await place({ ...market, tag: 'theirs' }, other)
  const events = (ticker: typeof one) =>
    ticker.texts.filter(({ type }) => type === 'order').map(({ data }) => data)
  const mine = ['OPEN', 'UPDATE', 'CANCELLED'].map((status) => ({ status, order_id: id, tag: 'heard' }))
  await waitFor(() => {
    expect(events(one)).toMatchObject(mine)
    expect(events(two)).toMatchObject(mine)
    expect(events(theirs)).toMatchObject([
      { status: 'OPEN', user_id: 'UK1234' },
      { status: 'COMPLETE', tag: 'theirs' },
    ])
  })
})

test('another user’s order is as unknown as one that never was', async () => {
  const other = await signIn(sim, 'UK1234')
  const { bid } = await book('NSE:INFY')
  const id = await place(limit(bid - 20))
  const unknown = await other.send('DELETE', '/orders/regular/261123939418000000')
  expect(unknown).toMatchObject({ http: 404 })
  expect(await other.send('DELETE', `/orders/regular/${id}`)).toEqual(unknown)
  expect(await other.send('PUT', `/orders/regular/${id}`, { quantity: '5' })).toEqual(unknown)
  expect(await other.get(`/orders/${id}`)).toEqual(unknown)
  expect(await other.get(`/orders/${id}/trades`)).toEqual(unknown)
  expect((await other.get('/orders')).data).toEqual([])
  expect((await client.get('/orders')).data).toMatchObject([{ order_id: id, status: 'OPEN' }])
})

const future = { exchange: 'NFO', tradingsymbol: 'NIFTY26DECFUT', product: 'NRML' }
test.each([
  ['no quantity', { quantity: '' }],
  ['quantity 0', { quantity: '0' }],
  ['a negative quantity', { quantity: '-5' }],
  ['half a share', { quantity: '1.5' }],
  ['NaN shares', { quantity: 'NaN' }],
  ['a huge quantity', { quantity: '9'.repeat(30) }],
  ['a quantity off the lot', { ...future, quantity: '74' }],
  ['an unknown instrument', { tradingsymbol: 'NOBODY' }],
  ['an index', { tradingsymbol: 'NIFTY 50' }],
  ['an expired future', { ...future, tradingsymbol: 'NIFTY26OCTFUT', quantity: '75' }],
  ['an unknown side', { transaction_type: 'HOLD' }],
  ['a stop-loss order', { order_type: 'SL', price: '1000', trigger_price: '1001' }],
  ['a market order without protection', { market_protection: '0' }],
  ['protection beyond 100 %', { market_protection: '101' }],
  ['a limit order without a price', { order_type: 'LIMIT' }],
  ['a price off the tick', { order_type: 'LIMIT', price: '1500.05' }],
  ['a negative price', { order_type: 'LIMIT', price: '-1' }],
  ['a future for delivery', { ...future, product: 'CNC', quantity: '75' }],
  ['a share overnight', { product: 'NRML' }],
  ['a tag with spaces', { tag: 'not a tag' }],
  ['a tag of 21 letters', { tag: 'a'.repeat(21) }],
])('%s is refused and leaves no order', async (_name, wrong: Record<string, string>) => {
  const answer = await client.send('POST', '/orders/regular', { ...market, ...wrong })
  expect(answer).toMatchObject({ http: 400, status: 'error', error_type: 'InputException', data: null })
  expect((await client.get('/orders')).data).toEqual([])
})

test('only regular orders are simulated', async () => {
  expect(await client.send('POST', '/orders/amo', market)).toMatchObject({ http: 400 })
})

test('what the account cannot pay for or does not own is rejected after it got its id', async () => {
  const rich = await place({ ...market, quantity: '1000000' })
  const short = await place({ ...market, product: 'CNC', transaction_type: 'SELL' })
  expect((await client.get('/orders')).data).toMatchObject([
    { order_id: rich, status: 'REJECTED', status_message: expect.stringContaining('Insufficient funds') },
    { order_id: short, status: 'REJECTED', status_message: expect.stringContaining('Insufficient holdings') },
  ])
  expect((await client.get('/portfolio/positions')).data).toEqual({ net: [], day: [] })
})

test('the same orders at the same simulated time get the same ids and fills after a restart', async () => {
  const run = async () => {
    await place(market)
    await sim.clock.set({ advance: 5 })
    await place({ ...market, transaction_type: 'SELL' })
    return (await client.get('/trades')).data
  }
  const before = await run()
  await sim.close()
  sim = await startKiteSim(options)
  client = await signIn(sim, 'UK9394')
  expect(await run()).toEqual(before)
})

test('a new day in India begins with empty books, and open orders are cancelled before it', async () => {
  const ticker = await client.ticker()
  await sim.clock.set({ now: '2026-11-23T18:29:59Z' })
  const { bid } = await book('NSE:INFY')
  await place(limit(bid - 100))
  await place(market)
  await sim.clock.set({ advance: 1 })
  for (const path of ['/orders', '/trades']) expect((await client.get(path)).data).toEqual([])
  expect((await client.get('/portfolio/positions')).data).toEqual({ net: [], day: [] })
  await waitFor(() => expect(ticker.texts.at(-1)?.data).toMatchObject({ status: 'CANCELLED' }))
})

test('a reset forgets all orders', async () => {
  await place(market)
  await fetch(`${sim.url}/sim/reset`, { method: 'POST' })
  expect((await client.get('/orders')).data).toEqual([])
})
