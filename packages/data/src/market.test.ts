import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMarket, type Market, type NewCandle, type NewInstrument } from './market.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'

let two: TwoBrokers
let market: Market
beforeAll(async () => {
  two = await openTwoBrokers()
  market = createMarket(two.pool)
})
afterAll(() => two.close())

const spx: NewInstrument = {
  instrument_token: 9001,
  exchange: 'SIM',
  tradingsymbol: 'SPX500',
  name: 'S&P 500',
  segment: 'SIM',
  instrument_type: 'EQ',
  lot_size: 1,
  tick_size: '0.05',
}

test('instruments are found by exchange and symbol, and corrected by their token', async () => {
  expect(await market.upsertInstruments([spx])).toBe(1)
  await market.upsertInstruments([{ ...spx, lot_size: 5 }])
  expect(await market.instrument('SIM:SPX500')).toMatchObject({
    instrument_token: 9001,
    lot_size: 5,
    tick_size: '0.05',
  })
  expect(await market.instrument('NSE:SPX500')).toBeUndefined()
  expect(await market.instrument('SPX500')).toBeUndefined()
})

test('a symbol that moved to another token moves, even when two tokens swap symbols', async () => {
  const other = { ...spx, instrument_token: 9002, tradingsymbol: 'OTHER' }
  await market.upsertInstruments([spx, other])
  await market.upsertInstruments([
    { ...spx, tradingsymbol: 'OTHER' },
    { ...other, tradingsymbol: 'SPX500' },
  ])
  expect(await market.instrument('SIM:SPX500')).toMatchObject({ instrument_token: 9002 })
  expect(await market.instrument('SIM:OTHER')).toMatchObject({ instrument_token: 9001 })
})

test('5,001 instruments arrive whole', async () => {
  const many = Array.from({ length: 5001 }, (_, index) => ({
    ...spx,
    instrument_token: 100_000 + index,
    tradingsymbol: `MANY${index}`,
  }))
  expect(await market.upsertInstruments(many)).toBe(5001)
  expect(await market.instrument('SIM:MANY5000')).toMatchObject({ instrument_token: 105_000 })
})

test('an older price never replaces a newer one', async () => {
  const token = { instrument_token: 9001 }
  await market.recordPrices([
    { ...token, last_price: '100.5', last_price_at: new Date('2026-11-23T05:00:01Z') },
  ])
  await market.recordPrices([{ ...token, last_price: '99', last_price_at: new Date('2026-11-23T05:00:00Z') }])
  const [row] = await market.read
    .selectFrom('instruments')
    .selectAll()
    .where('instrument_token', '=', 9001)
    .execute()
  expect(row).toMatchObject({ last_price: '100.5', last_price_at: new Date('2026-11-23T05:00:01Z') })
})

const minute = (at: string, open: string, high: string, low: string, close: string): NewCandle => ({
  instrument_token: 9001,
  interval: '1m',
  time: new Date(at),
  open,
  high,
  low,
  close,
})

test('a candle written twice holds both', async () => {
  await market.upsertCandles([minute('2026-11-22T05:00:00Z', '10', '12', '9', '11')])
  await market.upsertCandles([minute('2026-11-22T05:00:00Z', '11', '11.5', '8', '10')])
  const range = {
    instrumentToken: 9001,
    interval: '1m',
    to: new Date('2026-11-23T00:00:00Z'),
    limit: 10,
  } as const
  expect(await market.candles(range)).toEqual([
    { time: new Date('2026-11-22T05:00:00Z'), open: '10', high: '12', low: '8', close: '10' },
  ])
})

test('wider candles are made of minutes, and their hours begin on the clock of India', async () => {
  await market.upsertCandles([
    minute('2026-11-23T05:29:00Z', '1', '2', '1', '2'),
    minute('2026-11-23T05:30:00Z', '3', '7', '3', '4'),
    minute('2026-11-23T05:34:00Z', '4', '5', '2.5', '5'),
    minute('2026-11-23T05:35:00Z', '5', '6', '5', '6'),
  ])
  const range = { instrumentToken: 9001, from: new Date('2026-11-23T00:00:00Z'), limit: 10 }
  expect(await market.candles({ ...range, interval: '1h' })).toEqual([
    { time: new Date('2026-11-23T04:30:00Z'), open: '1', high: '2', low: '1', close: '2' },
    { time: new Date('2026-11-23T05:30:00Z'), open: '3', high: '7', low: '2.5', close: '6' },
  ])
  const newest = await market.candles({ ...range, interval: '5m', limit: 2 })
  expect(newest.map((candle) => candle.close)).toEqual(['5', '6'])
  await market.pruneCandles('1m', new Date('2026-11-23T05:35:00Z'))
  expect(await market.candles({ ...range, interval: '1m' })).toHaveLength(1)
})
