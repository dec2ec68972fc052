import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type RunningKiteSim, startKiteSim } from '../app.ts'
import { type Client, openTicker, packets, signIn, type Ticker, waitFor } from '../testing/client.ts'

const infy = 408_065
const nifty = 256_265
const spx = 230_400_257
const start = Date.parse('2026-11-23T05:00:00Z') / 1000
let sim: RunningKiteSim
let client: Client
beforeEach(async () => {
  sim = await startKiteSim({ seed: 'ticker', speed: 0, start: '2026-11-23T05:00:00Z' })
  client = await signIn(sim, 'UK9394')
})
afterEach(() => sim.close())

/** Waits until so many packets have come, and gives them. */
async function heard(ticker: Ticker, count: number): Promise<Buffer[]> {
  await waitFor(() => expect(packets(ticker.frames).length).toBeGreaterThanOrEqual(count))
  return packets(ticker.frames)
}

const exchangeTimes = (all: readonly Buffer[]) => all.map((packet) => packet.readInt32BE(60) - start)

test('a subscription answers at once with the last packet, in each mode as long as it should be', async () => {
  const ticker = await client.ticker()
  ticker.command('subscribe', [infy, nifty])
  ticker.command('mode', ['ltp', [infy, nifty]])
  ticker.command('mode', ['full', [infy, nifty]])
  expect((await heard(ticker, 6)).map((packet) => [packet.readInt32BE(0), packet.length])).toEqual([
    [infy, 44],
    [nifty, 28],
    [infy, 8],
    [nifty, 8],
    [infy, 184],
    [nifty, 32],
  ])
})

test('every second that passes gives each instrument one packet, in order, all before the answer', async () => {
  const ticker = await client.ticker()
  ticker.command('subscribe', [infy, spx])
  ticker.command('mode', ['full', [infy, spx]])
  await heard(ticker, 4)
  await sim.clock.set({ advance: 300 })
  await client.get('/user/profile')
  const all = (await heard(ticker, 604)).slice(4)
  expect(all).toHaveLength(600)
  for (const token of [infy, spx]) {
    const own = all.filter((packet) => packet.readInt32BE(0) === token)
    expect(exchangeTimes(own)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
  }
})

test('a packet and the quote of the same second agree', async () => {
  const ticker = await client.ticker()
  ticker.command('subscribe', [infy])
  ticker.command('mode', ['full', [infy]])
  await heard(ticker, 2)
  await sim.clock.set({ advance: 1 })
  const packet = (await heard(ticker, 3)).at(-1) ?? Buffer.alloc(0)
  const price = (at: number) => packet.readInt32BE(at) / 100
  expect(await client.get('/quote?i=NSE:INFY')).toMatchObject({
    data: {
      'NSE:INFY': {
        last_price: price(4),
        last_quantity: packet.readInt32BE(8),
        average_price: price(12),
        volume: packet.readInt32BE(16),
        buy_quantity: packet.readInt32BE(20),
        sell_quantity: packet.readInt32BE(24),
        ohlc: { open: price(28), high: price(32), low: price(36), close: price(40) },
        depth: { buy: { 0: { price: price(68) } }, sell: { 0: { price: price(128) } } },
      },
    },
  })
})

test('the same seed and time give the same bytes after a restart', async () => {
  const first = await client.ticker()
  first.command('subscribe', [infy, nifty, spx])
  await heard(first, 3)
  await sim.clock.set({ advance: 20 })
  const before = Buffer.concat(await heard(first, 63))
  await sim.close()

  sim = await startKiteSim({ seed: 'ticker', speed: 0, start: '2026-11-23T05:00:00Z' })
  const second = await (await signIn(sim, 'UK9394')).ticker()
  second.command('subscribe', [infy, nifty, spx])
  await heard(second, 3)
  await sim.clock.set({ advance: 20 })
  expect(Buffer.concat(await heard(second, 63)).equals(before)).toBe(true)
})

test('unsubscribed instruments fall silent; the others go on', async () => {
  const ticker = await client.ticker()
  ticker.command('subscribe', [infy, nifty])
  await heard(ticker, 2)
  ticker.command('unsubscribe', [infy])
  ticker.command('mode', ['quote', [nifty]])
  await heard(ticker, 3)
  await sim.clock.set({ advance: 2 })
  const later = (await heard(ticker, 5)).slice(3)
  expect(later.map((packet) => packet.readInt32BE(0))).toEqual([nifty, nifty])
})

test('time that runs gives ticks by itself, and a heartbeat of one byte when there are none', async () => {
  const ticker = await client.ticker()
  await waitFor(() => expect(ticker.heartbeats.length).toBeGreaterThan(0))
  expect(ticker.heartbeats[0]).toEqual(Buffer.of(0))
  ticker.command('subscribe', [spx])
  ticker.command('mode', ['full', [spx]])
  await heard(ticker, 2)
  await sim.clock.set({ speed: 600 })
  const times = exchangeTimes((await heard(ticker, 100)).slice(2))
  expect(times).toEqual(times.map((_, index) => index + 1))
})

test.each([
  '{',
  '[]',
  '{"a":"subscribe"}',
  '{"a":"subscribe","v":["408065"]}',
  '{"a":"subscribe","v":[-1]}',
  '{"a":"subscribe","v":[408065.5]}',
  '{"a":"mode","v":["loud",[408065]]}',
  '{"a":"mode","v":["full",[408065]]}',
  '{"a":"subscribe","v":[1]}',
])('%s is answered with an error text, and the socket lives', async (text) => {
  const ticker = await client.ticker()
  ticker.socket.send(text)
  await waitFor(() => expect(ticker.texts.map(({ type }) => type)).toEqual(['instruments_meta', 'error']))
  ticker.command('subscribe', [infy])
  await heard(ticker, 1)
})

test('a wrong token, a fourth connection and a wrong path are refused; another user is not counted', async () => {
  const url = `${sim.tickerUrl}?api_key=demo-key&access_token=`
  await expect(openTicker(`${url}wrong`)).rejects.toThrow('403')
  await expect(openTicker(`${sim.url.replace('http', 'ws')}/orders`)).rejects.toThrow('404')
  for (let count = 0; count < 3; count++) await client.ticker()
  await expect(client.ticker()).rejects.toThrow('429')
  const other = await signIn(sim, 'UK1234')
  expect((await other.ticker()).socket.readyState).toBe(1)
})

test('the root path takes upgrades too', async () => {
  const root = sim.tickerUrl.replace(/\/ws$/, '/')
  const ticker = await openTicker(`${root}?api_key=demo-key&access_token=${client.accessToken}`)
  expect(ticker.socket.readyState).toBe(1)
})

test('a socket is closed when its token dies', async () => {
  const ticker = await client.ticker()
  const closed = once(ticker.socket, 'close')
  await sim.clock.set({ now: '2026-11-24T00:30:00Z' })
  expect((await closed)[0]).toBe(1008)
})

test('who does not read is cut off, and holds nobody else up', async () => {
  const reader = await client.ticker()
  reader.command('subscribe', [infy])
  await heard(reader, 1)

  const { hostname, port } = new URL(sim.url)
  const deaf = connect(Number(port), hostname)
  deaf.on('error', () => {})
  deaf.write(
    `GET /ws?api_key=demo-key&access_token=${client.accessToken} HTTP/1.1\r\nHost: ${hostname}\r\n` +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await once(deaf, 'data')
  const csv = await (await fetch(`${sim.url}/instruments`)).text()
  const tokens = z.array(z.int()).parse(
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => Number.parseInt(row, 10)),
  )
  for (const text of [
    JSON.stringify({ a: 'subscribe', v: tokens }),
    JSON.stringify({ a: 'mode', v: ['full', tokens] }),
  ]) {
    deaf.write(masked(text))
  }
  await once(deaf, 'data')
  deaf.pause()
  await sim.clock.set({ advance: 2000 })
  await heard(reader, 2001)
  deaf.resume()
  await once(deaf, 'close')
})

/** A client's text frame; its mask is zero. */
function masked(text: string): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(text.length)
  return Buffer.concat([Buffer.of(0x81, 0x80 | 126), length, Buffer.alloc(4), Buffer.from(text)])
}
