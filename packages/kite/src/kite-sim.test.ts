import { startKiteSim, type RunningKiteSim } from '@stratdesk/kite-sim/sim'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createKiteClient } from './rest.ts'
import { demoApp, logIn, signIn, until } from './testing/sign-in.ts'
import { createTicker } from './ticker.ts'

const { apiKey, apiSecret } = demoApp
const start = '2026-11-23T05:00:00Z'
let sim: RunningKiteSim
beforeEach(async () => {
  sim = await startKiteSim({ seed: 'kite client', start, speed: 1 })
})
afterEach(() => sim.close())

test('a login gives its own account once, and only for the right secret', async () => {
  const client = createKiteClient({ apiUrl: sim.url, apiKey })
  const { state, requestToken } = await logIn(sim, 'UK9394')
  expect(state).toBe('of ours')
  const wrong = client.exchangeToken({ requestToken, apiSecret: 'guessed' })
  await expect(wrong).rejects.toMatchObject({ name: 'KiteError', status: 403 })
  const { requestToken: again } = await logIn(sim, 'UK9394')
  const session = await client.exchangeToken({ requestToken: again, apiSecret })
  expect(session).toMatchObject({ userId: 'UK9394', exchanges: expect.arrayContaining(['NSE']) })
  expect(session.loginTime?.getTime()).toBeGreaterThanOrEqual(Date.parse(start))
  await expect(client.exchangeToken({ requestToken: again, apiSecret })).rejects.toMatchObject({
    isTokenDead: true,
  })
})

test('the list, the quotes and the ticks of an instrument are about the same thing', async () => {
  await using uk9394 = await signIn(sim, 'UK9394')
  const instruments = await Array.fromAsync(uk9394.client.instruments('NSE'))
  const infosys = instruments.find((instrument) => instrument.tradingsymbol === 'INFY')
  const token = infosys?.instrumentToken ?? 0
  expect((await uk9394.client.ltp(['NSE:INFY', 'NSE:NOBODY'])).size).toBe(1)
  for (const mode of ['ltp', 'quote', 'full'] as const) {
    uk9394.ticker.subscribe([token], mode)
    await until(() => uk9394.ticks.some((tick) => tick.mode === mode))
  }
  const tick = uk9394.ticks.findLast((one) => one.mode === 'full')
  const quote = (await uk9394.client.quote(['NSE:INFY'])).get('NSE:INFY')
  expect(tick).toMatchObject({ instrumentToken: token, divisor: 100 })
  expect(tick?.ohlc?.close).toBe(quote?.ohlc.close)
  expect(tick?.depth?.buy).toHaveLength(5)
  expect(Math.abs((tick?.exchangeTime?.getTime() ?? 0) - Date.parse(start))).toBeLessThan(120_000)
  expect(uk9394.ticker.counters.malformed).toBe(0)
})

test('an ended token is dead in REST and refused by the ticker; a new login brings the account back, the other never noticed', async () => {
  await using uk9394 = await signIn(sim, 'UK9394')
  await using uk1234 = await signIn(sim, 'UK1234')
  await uk9394.client.invalidateToken(uk9394.session.accessToken)
  await expect(uk9394.client.profile()).rejects.toMatchObject({ isTokenDead: true, status: 403 })
  await uk9394.ticker.close()
  const late = createTicker({ url: sim.tickerUrl, apiKey, accessToken: uk9394.session.accessToken })
  await using _closed = { [Symbol.asyncDispose]: () => late.close() }
  late.connect()
  await until(() => late.status.state === 'refused')

  const { requestToken } = await logIn(sim, 'UK9394')
  const renewed = await createKiteClient({ apiUrl: sim.url, apiKey }).exchangeToken({
    requestToken,
    apiSecret,
  })
  late.renew(renewed.accessToken)
  await until(() => late.status.state === 'open')
  expect(await uk1234.client.profile()).toMatchObject({ userId: 'UK1234' })
  expect(uk1234.ticker.counters.reconnects).toBe(0)
})

test('history ends where it was asked to, in order and with exact prices', async () => {
  await using uk9394 = await signIn(sim, 'UK9394')
  await using uk1234 = await signIn(sim, 'UK1234')
  const [instrument] = await Array.fromAsync(uk9394.client.instruments('SIM'))
  const range = {
    instrumentToken: instrument?.instrumentToken ?? 0,
    interval: 'minute',
    from: new Date('2026-11-23T04:30:00Z'),
    to: new Date('2026-11-23T04:45:00Z'),
  } as const
  const candles = await uk9394.client.historical(range)
  expect(candles.length).toBeGreaterThan(10)
  const times = candles.map((candle) => candle.time.getTime())
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  expect(times[0]).toBeGreaterThanOrEqual(range.from.getTime())
  expect(times.at(-1)).toBeLessThanOrEqual(range.to.getTime())
  for (const { low, high } of candles) expect(Number(low)).toBeLessThanOrEqual(Number(high))
  expect(await uk1234.client.historical(range)).toEqual(candles)
})
