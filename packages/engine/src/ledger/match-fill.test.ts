import Big from 'big.js'
import { expect, test } from 'vitest'
import { type LedgerFill, type Lot, matchFill, openQuantity, type RoundTrip } from './match-fill.ts'

let time = 0
function fill(side: 'buy' | 'sell', quantity: number, price: string, charges: string): LedgerFill {
  time += 1000
  const marketTime = new Date(time)
  const reason = `${side} ${quantity}`
  return {
    id: `fill-${time}`,
    instrumentToken: 1,
    instrument: 'SIM:X',
    side,
    quantity,
    price,
    charges,
    reason,
    marketTime,
  }
}

function play(...fills: LedgerFill[]): { lots: readonly Lot[]; trips: RoundTrip[] } {
  let lots: readonly Lot[] = []
  const trips: RoundTrip[] = []
  for (const one of fills) {
    const result = matchFill(lots, one)
    lots = result.lots
    trips.push(...result.trips)
  }
  return { lots, trips }
}

const sum = (texts: readonly string[]) =>
  texts.reduce((total, text) => total.plus(text), new Big(0)).toFixed()

test('a long round trip: gross, charges of both sides, net, and both reasons', () => {
  const { lots, trips } = play(fill('buy', 10, '1432.25', '5.31'), fill('sell', 10, '1440.5', '8.92'))

  expect(lots).toEqual([])
  expect(trips).toMatchObject([
    {
      side: 'long',
      quantity: 10,
      gross: '82.5',
      charges: '14.23',
      net: '68.27',
      entryReason: 'buy 10',
      exitReason: 'sell 10',
    },
  ])
})

test('a short gains when the price falls', () => {
  const { trips } = play(fill('sell', 3, '100', '0'), fill('buy', 3, '90.05', '0'))
  expect(trips).toMatchObject([{ side: 'short', gross: '29.85', net: '29.85' }])
})

test('exits take the oldest entries first, and a part of a lot stays open', () => {
  const { lots, trips } = play(
    fill('buy', 10, '100', '1'),
    fill('buy', 10, '110', '1'),
    fill('sell', 15, '120', '3'),
  )

  expect(trips.map(({ quantity, entryPrice, gross }) => [quantity, entryPrice, gross])).toEqual([
    [10, '100', '200'],
    [5, '110', '50'],
  ])
  expect(lots).toMatchObject([{ side: 'long', remaining: 5, price: '110', charges: '0.5' }])
})

test('a reversal closes everything and opens the rest on the other side', () => {
  const { lots, trips } = play(fill('buy', 10, '100', '1'), fill('sell', 20, '90', '4'))

  expect(trips).toMatchObject([{ quantity: 10, gross: '-100', charges: '3', net: '-103' }])
  expect(lots).toMatchObject([{ side: 'short', remaining: 10, price: '90', charges: '2', reason: 'sell 20' }])
  expect(openQuantity(lots)).toBe(-10)
})

test('charges that cannot be divided sum to exactly what was paid', () => {
  const fills = [
    fill('buy', 7, '100.05', '1.00'),
    fill('sell', 1, '100', '0.01'),
    fill('sell', 1, '100', '0.02'),
    fill('sell', 1, '100', '0.05'),
    fill('buy', 5, '99', '0.07'),
    fill('sell', 9, '101', '0.11'),
  ]
  const { lots, trips } = play(...fills)

  expect(lots).toEqual([])
  expect(sum(trips.map(({ charges }) => charges))).toBe('1.26')
  expect(sum(trips.map(({ net }) => net))).toBe(sum([sum(trips.map(({ gross }) => gross)), '-1.26']))
})

test('over thousands of random fills nothing is lost: quantity, charges and cash agree', () => {
  let state = 42
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return 1 + Math.floor((state / 2 ** 32) * below)
  }
  const fills = Array.from({ length: 2000 }, () =>
    fill(
      random(2) === 1 ? 'buy' : 'sell',
      random(50),
      (random(20_000) / 100).toFixed(2),
      (random(999) / 100).toFixed(2),
    ),
  )
  const { lots, trips } = play(...fills)

  expect(sum([...trips, ...lots].map(({ charges }) => charges))).toBe(
    sum(fills.map(({ charges }) => charges)),
  )
  const held = fills.reduce((total, { side, quantity }) => total + (side === 'buy' ? quantity : -quantity), 0)
  expect(openQuantity(lots)).toBe(held)
  expect(new Set(lots.map(({ side }) => side)).size).toBeLessThanOrEqual(1)
  const signed = (side: string, price: string, quantity: number) =>
    new Big(price).times(side === 'sell' || side === 'short' ? quantity : -quantity).toFixed()
  const cash = sum(fills.map(({ side, price, quantity }) => signed(side, price, quantity)))
  const open = sum(lots.map(({ side, price, remaining }) => signed(side, price, remaining)))
  expect(sum([...trips.map(({ gross }) => gross), open])).toBe(cash)
})

test('lots of another instrument are left alone', () => {
  const other = { ...fill('buy', 5, '50', '1'), instrumentToken: 2, instrument: 'SIM:Y' }
  const { lots, trips } = play(other, fill('sell', 5, '100', '1'))
  expect(trips).toEqual([])
  expect(lots.length).toBe(2)
})
