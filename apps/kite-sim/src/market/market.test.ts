import { expect, test } from 'vitest'
import { istDay, istDayStart } from '../ist.ts'
import { candles } from './candles.ts'
import { catalogueAt, type Instrument } from './instruments.ts'
import { createMarket } from './market.ts'

const start = istDayStart(istDay(Date.parse('2026-11-23T05:00:00Z') / 1000))
const now = start + 5 * 60 + 17
const market = createMarket('test')
const named = (name: string): Instrument => {
  const found = catalogueAt(now).byName.get(name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
const names = ['NSE:INFY', 'NSE:NIFTY 50', 'SIM:SPX500', 'NFO:NIFTY26DECFUT']

test.each(names)('the day of %s in a quote is what its seconds were', (name) => {
  const one = named(name)
  const seconds = Array.from({ length: now - start + 1 }, (_, passed) => market.last(one, start + passed))
  expect(market.snapshot(one, now)).toMatchObject({
    last: seconds.at(-1),
    open: seconds[0],
    high: Math.max(...seconds),
    low: Math.min(...seconds),
    previousClose: market.last(one, start - 1),
  })
})

test.each(names)('candles of %s agree with its seconds, and the last is still running', (name) => {
  const one = named(name)
  const [, last] = [...candles(market, { instrument: one, minutes: 3, from: start, to: now + 999, now })]
  const seconds = Array.from({ length: 138 }, (_, passed) => market.last(one, start + 180 + passed))
  expect(last).toMatchObject({
    second: start + 180,
    open: seconds[0],
    high: Math.max(...seconds),
    low: Math.min(...seconds),
    close: seconds.at(-1),
  })
  expect([...candles(market, { instrument: one, minutes: 1440, from: start, to: now, now })]).toMatchObject([
    { open: market.snapshot(one, now).open, volume: market.snapshot(one, now).volume },
  ])
})

test('volume grows second by second by the last quantity, in lots', () => {
  const future = named('NFO:NIFTY26DECFUT')
  for (let second = now; second < now + 70; second++) {
    const [before, after] = [market.snapshot(future, second - 1), market.snapshot(future, second)]
    expect(after.volume - before.volume).toBe(after.lastQuantity)
    expect(after.lastQuantity).toBeGreaterThan(0)
    expect(after.lastQuantity % 75).toBe(0)
  }
})

test('the book is one tick wide around the last price, and an index has none', () => {
  const infy = named('NSE:INFY')
  for (let second = now; second < now + 50; second++) {
    const { buy, sell } = market.depth(infy, second)
    const [bid = 0, ask = 0] = [buy[0]?.price, sell[0]?.price]
    expect(ask - bid).toBe(infy.tickPaise)
    expect([bid, ask]).toContain(market.last(infy, second))
    expect(buy.map(({ price }) => price)).toEqual([0, 1, 2, 3, 4].map((step) => bid - step * 10))
    expect(sell.map(({ price }) => price)).toEqual([0, 1, 2, 3, 4].map((step) => ask + step * 10))
  }
  expect(market.depth(named('NSE:NIFTY 50'), now)).toEqual({ buy: [], sell: [] })
})

test('a future stands above its index by the cost of carrying it', () => {
  const ratio = market.last(named('NFO:NIFTY26DECFUT'), now) / market.last(named('NSE:NIFTY 50'), now)
  expect(ratio).toBeCloseTo(1 + (0.065 * 36) / 365, 4)
})
