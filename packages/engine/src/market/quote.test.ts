import { Tick } from '@stratdesk/kite/tick'
import { expect, test } from 'vitest'
import { isNews, type LiveQuote, quoteOf, seenOf } from './quote.ts'

const depth = Array.from({ length: 10 }, (_, row) => [5, row < 5 ? 9990 - row : 10010 + row, 1]).flat()
const full = (rawDepth: number[], seconds = 1_600_000_000) =>
  new Tick(
    257,
    'full',
    10001,
    100,
    { open: 1, high: 1, low: 1, close: 1 },
    { lastQuantity: 1, averagePrice: 1, volume: 700, buyQuantity: 1, sellQuantity: 1 },
    { lastTradeTime: seconds, oi: 0, oiHigh: 0, oiLow: 0, depth: rawDepth },
    seconds,
  )

test('a full tick gives the last price, the best bid and ask, and the exchange time', () => {
  expect(quoteOf(full(depth), 'SIM:X', 5)).toEqual({
    instrumentToken: 257,
    instrument: 'SIM:X',
    lastPrice: '100.01',
    bid: '99.9',
    ask: '100.15',
    price: 100.01,
    timeMs: 1_600_000_000_000,
    volume: 700,
    receivedAtMs: 5,
  })
})

test('an empty book has no bid and no ask, rather than a price of 0', () => {
  expect(quoteOf(full(Array.from({ length: 30 }, () => 0)), 'SIM:X', 0)).toMatchObject({
    bid: null,
    ask: null,
  })
})

test('a row of the book without a price is no offer', () => {
  const unpriced = Array.from({ length: 10 }, () => [5, 0, 1]).flat()
  expect(quoteOf(full(unpriced), 'SIM:X', 0)).toMatchObject({ bid: null, ask: null })
})

test('a tick without a price is no quote', () => {
  const [close, quantities] = [
    { open: 1, high: 1, low: 1, close: 1 },
    { lastQuantity: 1, averagePrice: 1, volume: 700, buyQuantity: 1, sellQuantity: 1 },
  ]
  const book = { lastTradeTime: 1_600_000_000, oi: 0, oiHigh: 0, oiLow: 0, depth }
  expect(
    quoteOf(new Tick(257, 'full', 0, 100, close, quantities, book, 1_600_000_000), 'SIM:X', 0),
  ).toBeNull()
})

test('a tick without exchange time is no quote', () => {
  expect(quoteOf(new Tick(257, 'ltp', 10001, 100), 'SIM:X', 0)).toBeNull()
})

test('the same packet again is no news; a later second or a grown volume is', () => {
  const quote = quoteOf(full(depth), 'SIM:X', 0)
  if (quote === null) throw new Error('no quote')
  const next = (change: Partial<LiveQuote>) => isNews(quote, { ...quote, ...change })

  expect(isNews(undefined, quote)).toBe(true)
  expect(next({})).toBe(false)
  expect(next({ lastPrice: '1' })).toBe(false)
  expect(next({ volume: 701 })).toBe(true)
  expect(next({ timeMs: quote.timeMs + 1000, volume: 0 })).toBe(true)
  expect(next({ timeMs: quote.timeMs - 1000, volume: 900 })).toBe(false)
})

test('an index, which has no volume, is news at another price in the same second', () => {
  const index = { timeMs: 5000, lastPrice: '10', volume: null }
  const quote = {
    ...index,
    instrumentToken: 9,
    instrument: 'NSE:I',
    bid: null,
    ask: null,
    price: 10,
    receivedAtMs: 0,
  }
  expect(isNews(index, quote)).toBe(false)
  expect(isNews(index, { ...quote, lastPrice: '11', receivedAtMs: 7 })).toBe(true)
})

test('an index’s packets of one second are known again when all of them come again', () => {
  const packet = { instrumentToken: 9, instrument: 'NSE:I', bid: null, ask: null, timeMs: 5000, volume: null }
  const first = { ...packet, lastPrice: '10', price: 10, receivedAtMs: 70 }
  const second = { ...packet, lastPrice: '11', price: 11, receivedAtMs: 90 }
  const seen = seenOf(second)
  expect([first, second].map((quote) => isNews(seen, quote))).toEqual([false, false])
  expect(isNews(seen, { ...first, receivedAtMs: 110 })).toBe(true)
})
