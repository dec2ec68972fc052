import { expect, test } from 'vitest'
import { contextAt, order, quoteAt, runOf } from '../testing/fake-run.ts'
import { runQuote } from '../runs/run-quote.ts'
import { pnlOf } from './pnl.ts'

function runWith(...orders: ReturnType<typeof order>[]) {
  const run = runOf({ onTick: () => orders.splice(0, 1) })
  for (let second = 1; second <= 5; second += 1) runQuote(run, quoteAt(second), contextAt())
  return run
}

test('realised is gross less charges; unrealised is at the last price; net is both', () => {
  const run = runWith(order('buy', 10), order('sell', 4))
  const quote = quoteAt(9, { lastPrice: '101' })

  expect(pnlOf(run, () => quote)).toEqual({
    gross: '-0.8',
    charges: '0.43',
    realised: '-1.23',
    unrealised: '5.4',
    net: '4.17',
    asOf: '1970-01-01T00:00:09.000Z',
  })
})

test('a short loses when the price rises', () => {
  expect(pnlOf(runWith(order('sell', 10)), () => quoteAt(9, { lastPrice: '101' })).unrealised).toBe('-11')
})

test('an open position without a price has no unrealised result and no net, rather than 0', () => {
  const pnl = pnlOf(runWith(order('buy', 10)), () => undefined)
  expect(pnl).toMatchObject({ realised: '0', unrealised: null, net: null, asOf: null })
})

test('it is as old as the oldest price of what is held; what is not held does not count', () => {
  const [lot] = runWith(order('buy', 10)).lots
  if (lot === undefined) throw new Error('no lot')
  const run = runWith()
  run.lots = [lot, { ...lot, instrumentToken: 258 }]
  const seconds = new Map([
    [257, 9],
    [258, 4],
    [259, 1],
  ])
  expect(pnlOf(run, (token) => quoteAt(seconds.get(token) ?? 0)).asOf).toBe('1970-01-01T00:00:04.000Z')
  run.lots = []
  expect(pnlOf(run, (token) => quoteAt(seconds.get(token) ?? 0)).asOf).toBeNull()
})

test('a flat run without a price knows its result', () => {
  const pnl = pnlOf(runWith(order('buy', 1), order('sell', 1)), () => undefined)
  expect(pnl).toMatchObject({ unrealised: '0', net: pnl.realised })
})
