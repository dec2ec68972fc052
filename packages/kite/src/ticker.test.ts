import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Order } from './order-shapes.ts'
import type { Tick } from './tick.ts'
import { createTicker, type TickerOptions, type TickerStatus } from './ticker.ts'

const infy = 408065
const sbin = 779521
const packet = Buffer.from('0001000800063a01000227ef', 'hex')
const update = {
  order_id: '1',
  status: 'COMPLETE',
  tradingsymbol: 'INFY',
  exchange: 'NSE',
  order_type: 'MARKET',
}
const order = {
  ...update,
  transaction_type: 'BUY',
  product: 'MIS',
  quantity: 5,
  filled_quantity: 5,
  average_price: 1412.95,
}

/** A real WebSocket server that lets a test decide who may come in and plays the broker by hand. */
async function broker(admit: (token: string | null) => number = () => 101) {
  const http = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  const joined: { socket: WebSocket; token: string | null; heard: unknown[] }[] = []
  const turnedAway: (string | null)[] = []
  http.on('upgrade', (request: IncomingMessage, stream, head) => {
    const token = new URL(request.url ?? '/', 'ws://broker').searchParams.get('access_token')
    const status = admit(token)
    if (status !== 101) {
      turnedAway.push(token)
      return stream.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const heard: unknown[] = []
      socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString())))
      joined.push({ socket, token, heard })
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this form.
  const { port } = http.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    joined,
    turnedAway,
    visitor: (number: number) => vi.waitUntil(() => joined[number], { timeout: 5_000, interval: 5 }),
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

function listen(url: string, options: Partial<TickerOptions> = {}) {
  const ticker = createTicker({
    url,
    apiKey: 'key',
    accessToken: 'first-secret',
    reconnectMinMs: 5,
    reconnectMaxMs: 20,
    silenceMaxMs: 2_000,
    ...options,
  })
  const ticks: Tick[] = []
  const orders: Order[] = []
  const statuses: TickerStatus[] = []
  ticker.onTicks((some) => ticks.push(...some))
  ticker.onOrder((one) => orders.push(one))
  ticker.onStatus((status) => statuses.push(status))
  const reaches = (state: TickerStatus['state']) =>
    vi.waitUntil(() => ticker.status.state === state, { timeout: 5_000, interval: 5 })
  return {
    ticker,
    ticks,
    orders,
    statuses,
    states: () => statuses.map((status) => status.state),
    reaches,
    [Symbol.asyncDispose]: () => ticker.close(),
  }
}

test('subscribing before and after the connection asks the broker for it, and ticks and orders arrive', async () => {
  await using kite = await broker()
  await using one = listen(kite.url)
  one.ticker.subscribe([infy], 'full')
  one.ticker.connect()
  const { socket, heard, token } = await kite.visitor(0)
  await one.reaches('open')
  one.ticker.subscribe([infy, sbin], 'ltp')
  one.ticker.subscribe([sbin], 'ltp')
  one.ticker.unsubscribe([infy, 42])
  await vi.waitFor(() => expect(heard).toHaveLength(5))
  expect(heard).toEqual([
    { a: 'subscribe', v: [infy] },
    { a: 'mode', v: ['full', [infy]] },
    { a: 'subscribe', v: [sbin] },
    { a: 'mode', v: ['ltp', [infy, sbin]] },
    { a: 'unsubscribe', v: [infy] },
  ])
  expect(token).toBe('first-secret')
  socket.send(packet)
  socket.send(JSON.stringify({ type: 'order', data: order }))
  await vi.waitFor(() => expect(one.orders).toHaveLength(1))
  expect(one.ticks[0]?.lastPrice).toBe('1412.95')
  expect(one.orders[0]).toMatchObject({ orderId: '1', averagePrice: '1412.95', filledQuantity: 5 })
  expect(one.states()).toEqual(['connecting', 'open'])
})

test('rubbish is counted and skipped, and the stream goes on', async () => {
  await using kite = await broker()
  await using one = listen(kite.url)
  one.ticker.connect()
  const { socket } = await kite.visitor(0)
  socket.send(Buffer.from('0002000800063a01000227ef0008', 'hex'))
  socket.send(Buffer.from([0]))
  socket.send('{"type":')
  socket.send(JSON.stringify({ type: 'order', data: { order_id: '1' } }))
  socket.send(JSON.stringify({ type: 'message', data: 'Hello' }))
  socket.send(packet)
  await vi.waitFor(() => expect(one.ticks).toHaveLength(2))
  expect(one.ticker.counters).toMatchObject({ frames: 3, ticks: 2, malformed: 3, orders: 0 })
  expect(one.ticker.status.state).toBe('open')
})

test('a lost connection is made again and everything subscribed again', async () => {
  await using kite = await broker()
  await using one = listen(kite.url)
  one.ticker.subscribe([infy, sbin], 'quote')
  one.ticker.connect()
  const first = await kite.visitor(0)
  await one.reaches('open')
  first.socket.terminate()
  const second = await kite.visitor(1)
  await vi.waitFor(() => expect(second.heard).toHaveLength(2))
  expect(second.heard).toEqual([
    { a: 'subscribe', v: [infy, sbin] },
    { a: 'mode', v: ['quote', [infy, sbin]] },
  ])
  await one.reaches('open')
  second.socket.close(1001)
  await kite.visitor(2)
  await one.reaches('open')
  expect(one.ticker.counters.reconnects).toBe(2)
  expect(new Set(one.states())).toEqual(new Set(['connecting', 'open', 'reconnecting']))
})

test('silence is death: stale, then a new connection; a heartbeat is not silence', async () => {
  await using kite = await broker()
  await using one = listen(kite.url, { silenceMaxMs: 150 })
  one.ticker.connect()
  const first = await kite.visitor(0)
  const beat = setInterval(() => first.socket.send(Buffer.from([0])), 30)
  await vi.waitFor(() => expect(one.ticker.counters.frames).toBeGreaterThan(10))
  expect(one.states()).toEqual(['connecting', 'open'])
  clearInterval(beat)
  await kite.visitor(1)
  expect(one.states().slice(0, 4)).toEqual(['connecting', 'open', 'stale', 'reconnecting'])
  expect(one.statuses[2]?.reason).toBe('nothing was heard for 150 ms')
})

test.each([401, 403])(
  'an upgrade answered %i ends in refused, tries nothing more until renewed, and shows no token',
  async (status) => {
    await using kite = await broker((token) => (token === 'first-secret' ? status : 101))
    await using one = listen(kite.url)
    one.ticker.subscribe([infy], 'ltp')
    one.ticker.connect()
    await one.reaches('refused')
    await using other = listen(kite.url, { accessToken: 'other' })
    other.ticker.connect()
    await other.reaches('open')
    expect(kite.turnedAway).toEqual(['first-secret'])
    one.ticker.renew('second-secret')
    const visitor = await vi.waitUntil(() => kite.joined.find((joined) => joined.token === 'second-secret'))
    await vi.waitFor(() => expect(visitor.heard).toHaveLength(2))
    expect(one.states()).toEqual(['connecting', 'refused', 'reconnecting', 'open'])
    expect(JSON.stringify([one.statuses, one.ticker])).not.toContain('secret')
  },
)

test('an error that names TokenException ends in refused', async () => {
  await using kite = await broker()
  await using one = listen(kite.url)
  one.ticker.connect()
  const { socket } = await kite.visitor(0)
  socket.send(JSON.stringify({ type: 'error', data: 'TokenException: the session has expired' }))
  await one.reaches('refused')
  await vi.waitFor(() => expect(socket.readyState).toBe(socket.CLOSED))
  expect(kite.joined).toHaveLength(1)
})

test('other refusals of the upgrade are tried again, with growing waits', async () => {
  let refusals = 0
  await using kite = await broker(() => (refusals++ < 3 ? 503 : 101))
  await using one = listen(kite.url)
  one.ticker.connect()
  await one.reaches('open')
  expect(kite.turnedAway).toHaveLength(3)
  expect(one.statuses[1]).toEqual({ state: 'reconnecting', reason: 'the broker answered 503' })
})

test('a renewed token replaces an open connection, the same token does not', async () => {
  await using kite = await broker()
  await using one = listen(kite.url)
  one.ticker.connect()
  const { socket } = await kite.visitor(0)
  await one.reaches('open')
  one.ticker.renew('first-secret')
  expect(one.ticker.status.state).toBe('open')
  one.ticker.renew('second-secret')
  await once(socket, 'close')
  expect((await kite.visitor(1)).token).toBe('second-secret')
  await one.reaches('open')
})

test('two accounts in one process hear only their own, and the end of one leaves the other', async () => {
  await using kite = await broker()
  await using uk9394 = listen(kite.url, { accessToken: 'UK9394' })
  await using uk1234 = listen(kite.url, { accessToken: 'UK1234' })
  uk9394.ticker.connect()
  await kite.visitor(0)
  uk1234.ticker.connect()
  const second = await kite.visitor(1)
  kite.joined[0]?.socket.send(JSON.stringify({ type: 'order', data: { ...order, order_id: 'of UK9394' } }))
  second.socket.send(JSON.stringify({ type: 'order', data: { ...order, order_id: 'of UK1234' } }))
  await vi.waitFor(() =>
    expect([uk9394.orders, uk1234.orders].map((orders) => orders.map((one) => one.orderId))).toEqual([
      ['of UK9394'],
      ['of UK1234'],
    ]),
  )
  await uk9394.ticker.close()
  second.socket.send(packet)
  await vi.waitFor(() => expect(uk1234.ticks).toHaveLength(1))
  expect(uk1234.ticker.status.state).toBe('open')
  expect(kite.joined).toHaveLength(2)
})

test('what a listener throws reaches neither the socket nor the other listeners', async () => {
  await using kite = await broker()
  const thrown: unknown[] = []
  await using one = listen(kite.url, { onListenerError: (error) => thrown.push(error) })
  const late: Tick[] = []
  const broken = () => {
    throw new Error('broken listener')
  }
  one.ticker.onTicks(broken)
  one.ticker.onTicks((ticks) => late.push(...ticks))
  one.ticker.connect()
  const { socket } = await kite.visitor(0)
  socket.send(packet)
  await vi.waitFor(() => expect(late).toHaveLength(1))
  expect(thrown).toHaveLength(1)
  expect(one.ticker.counters.listenerErrors).toBe(1)
  expect(one.ticker.status.state).toBe('open')
})

test('closing in any state ends for good and leaves neither socket nor timer', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  await using kite = await broker((token) => (token === 'down' ? 503 : 101))
  const before = timers()
  const never = listen(kite.url)
  await never.ticker.close()
  const dialling = listen(kite.url)
  dialling.ticker.connect()
  await dialling.ticker.close()
  const waiting = listen(kite.url, { accessToken: 'down', reconnectMinMs: 60_000, reconnectMaxMs: 60_000 })
  waiting.ticker.connect()
  await waiting.reaches('reconnecting')
  await waiting.ticker.close()
  const open = listen(kite.url)
  open.ticker.connect()
  await open.reaches('open')
  await open.ticker.close()
  for (const one of [never, dialling, waiting, open]) {
    expect(one.ticker.status.state).toBe('closed')
    one.ticker.connect()
    one.ticker.renew('again')
    expect(one.ticker.status.state).toBe('closed')
  }
  await vi.waitFor(() =>
    expect(kite.joined.every(({ socket }) => socket.readyState === socket.CLOSED)).toBe(true),
  )
  expect(timers()).toBeLessThanOrEqual(before)
})

test('a broker that does not say goodbye is hung up on', async () => {
  await using kite = await broker()
  await using one = listen(kite.url)
  one.ticker.connect()
  const { socket } = await kite.visitor(0)
  await one.reaches('open')
  socket.pause()
  await one.ticker.close()
  expect(one.ticker.status).toEqual({ state: 'closed', reason: 'closed by us' })
})

test('no ticker carries more than three thousand instruments', () => {
  const { ticker } = listen('ws://127.0.0.1:9')
  ticker.subscribe(
    Array.from({ length: 3_000 }, (_, token) => token),
    'ltp',
  )
  expect(() => ticker.subscribe([3_000], 'ltp')).toThrow(RangeError)
  ticker.subscribe([2_999], 'full')
})
