import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type RunningKiteSim, startKiteSim } from '../app.ts'
import { type Client, signIn } from '../testing/client.ts'

let sim: RunningKiteSim
let client: Client
beforeAll(async () => {
  sim = await startKiteSim({ seed: 'market data', speed: 0, start: '2026-11-23T05:00:30Z' })
  client = await signIn(sim, 'UK9394')
})
afterAll(() => sim.close())

const candlesShape = z.object({
  candles: z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number()])),
})
const historical = (path: string, from: string, to: string) =>
  client.get(`/instruments/historical/${path}?${new URLSearchParams({ from, to })}`)

test('the instruments file is CSV, one row each, by exchange or whole', async () => {
  const all = await (await fetch(`${sim.url}/instruments`)).text()
  const [head, ...rows] = all.trim().split('\n')
  expect(head).toBe(
    'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange',
  )
  expect(rows).toHaveLength(59)
  const reply = await fetch(`${sim.url}/instruments/SIM`)
  expect(reply.headers.get('content-type')).toBe('text/csv')
  expect(reply.headers.get('content-encoding')).toBe('gzip')
  expect((await reply.text()).split('\n')[1]).toMatch(
    /^230400257,900001,SPX500,S&P 500 REPLAY 2000-2020,\d+(\.\d+)?,,0,0\.01,1,EQ,SIM,SIM$/,
  )
  expect((await fetch(`${sim.url}/instruments/NOWHERE`)).status).toBe(400)
})

test('a quote is found by name or token; the unknown is left out', async () => {
  const { data } = await client.get('/quote?i=NSE:INFY&i=230400257&i=NSE:NOBODY&i=NSE:NIFTY%2050')
  expect(new Set(Object.keys(z.record(z.string(), z.unknown()).parse(data)))).toEqual(
    new Set(['NSE:INFY', '230400257', 'NSE:NIFTY 50']),
  )
  expect(data).toMatchObject({
    'NSE:INFY': {
      instrument_token: 408_065,
      timestamp: '2026-11-23 10:30:30',
      depth: { buy: { length: 5 } },
    },
    'NSE:NIFTY 50': { volume: 0, depth: { buy: [] } },
  })
})

test('quote, ohlc and ltp tell the same prices', async () => {
  const infy = z.object({
    'NSE:INFY': z.looseObject({ last_price: z.number(), ohlc: z.unknown().optional() }),
  })
  const [quote, ohlc, ltp] = await Promise.all(
    ['/quote', '/quote/ohlc', '/quote/ltp'].map(async (path) =>
      infy.parse((await client.get(`${path}?i=NSE:INFY`)).data),
    ),
  )
  expect(quote).toMatchObject(ohlc ?? {})
  expect(ohlc).toMatchObject(ltp ?? {})
})

test('minute candles run up to the present second, the last one being its price', async () => {
  const { data } = await historical('408065/minute', '2026-11-23 10:28:00', '2026-11-23 23:00:00')
  const { candles } = candlesShape.parse(data)
  expect(candles.map(([time]) => time)).toEqual([
    '2026-11-23T10:28:00+0530',
    '2026-11-23T10:29:00+0530',
    '2026-11-23T10:30:00+0530',
  ])
  expect(await client.get('/quote/ltp?i=NSE:INFY')).toMatchObject({
    data: { 'NSE:INFY': { last_price: candles.at(-1)?.[4] } },
  })
})

test('longer candles are made of the minutes in them', async () => {
  const range = ['2026-11-22 09:00:00', '2026-11-22 09:59:59'] as const
  const { candles: minutes } = candlesShape.parse((await historical('738561/minute', ...range)).data)
  for (const [interval, count] of [
    ['3minute', 20],
    ['5minute', 12],
    ['15minute', 4],
    ['60minute', 1],
  ] as const) {
    const { candles } = candlesShape.parse((await historical(`738561/${interval}`, ...range)).data)
    expect(candles).toHaveLength(count)
    const own = minutes.slice(0, 60 / count)
    expect(candles[0]).toEqual([
      '2026-11-22T09:00:00+0530',
      own[0]?.[1],
      Math.max(...own.map((candle) => candle[2])),
      Math.min(...own.map((candle) => candle[3])),
      own.at(-1)?.[4],
      own.reduce((sum, candle) => sum + candle[5], 0),
    ])
  }
})

test('a day candle and the quote agree', async () => {
  const { data } = await historical('408065/day', '2026-11-21', '2026-11-23')
  const { candles } = candlesShape.parse(data)
  const [, yesterday, today] = candles
  const [, open, high, low, close] = today ?? []
  expect(await client.get('/quote?i=NSE:INFY')).toMatchObject({
    data: { 'NSE:INFY': { last_price: close, ohlc: { open, high, low, close: yesterday?.[4] } } },
  })
})

test.each([
  ['408065/minute', '2026-11-23', '2026-11-22'],
  ['408065/minute', '2026-01-01', '2026-11-22'],
  ['408065/2minute', '2026-11-22', '2026-11-23'],
  ['1/minute', '2026-11-22', '2026-11-23'],
  ['NaN/minute', '2026-11-22', '2026-11-23'],
  ['408065/minute', 'yesterday', '2026-11-23'],
  ['408065/minute', '2026-02-31', '2026-11-23'],
])('candles of %s from %s to %s are refused', async (path, from, to) => {
  expect(await historical(path, from, to)).toMatchObject({ http: 400, error_type: 'InputException' })
})

test('quotes without a name are refused, and so is anybody not signed in', async () => {
  expect(await client.get('/quote')).toMatchObject({ http: 400, error_type: 'InputException' })
  expect((await fetch(`${sim.url}/quote?i=NSE:INFY`)).status).toBe(403)
})
