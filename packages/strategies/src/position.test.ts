import { expect, test } from 'vitest'
import { applyFill, exitReason, flat, type PositionState } from './position.ts'

const fill = (side: 'buy' | 'sell', quantity: number, price: number) => ({
  instrument: 'SIM:X',
  side,
  quantity,
  price,
  time: 0,
})

function after(...fills: ReturnType<typeof fill>[]): PositionState {
  return fills.reduce(applyFill, flat)
}

test('adding to a position averages its entry price', () => {
  expect(after(fill('buy', 10, 100), fill('buy', 30, 104))).toMatchObject({ quantity: 40, entryPrice: 103 })
})

test('taking off a part keeps the entry price', () => {
  expect(after(fill('sell', 10, 100), fill('buy', 4, 90))).toMatchObject({ quantity: -6, entryPrice: 100 })
})

test('turning around enters at the price of the turn', () => {
  expect(after(fill('sell', 10, 100), fill('buy', 30, 90))).toMatchObject({ quantity: 20, entryPrice: 90 })
})

test('a part of an order leaves the rest on its way', () => {
  const waiting: PositionState = { ...flat, pending: { side: 'buy', quantity: 10 } }
  expect(applyFill(waiting, fill('buy', 4, 100)).pending).toEqual({ side: 'buy', quantity: 6 })
  expect(applyFill(waiting, fill('buy', 10, 100)).pending).toBeNull()
})

test('a short position stops above and profits below its entry', () => {
  const short = after(fill('sell', 10, 100))
  const rules = { stopLossPct: 2, takeProfitPct: 4 }

  expect(exitReason(short, 101.99, rules)).toBeNull()
  expect(exitReason(short, 102, rules)).toMatch(/^Stop-loss 2 %/)
  expect(exitReason(short, 96, rules)).toMatch(/^Take-profit 4 %/)
  expect(exitReason(short, 500, { stopLossPct: 0, takeProfitPct: 0 })).toBeNull()
})
