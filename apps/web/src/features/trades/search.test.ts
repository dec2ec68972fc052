import { expect, test } from 'vitest'
import { tradeFilters, tradesSearch } from './search.ts'

const runId = '0193a8e0-7c2f-7b3a-9d3e-1f2a3b4c5d6e'

test('keeps what the URL names', () => {
  const search = { from: '2026-11-01', to: '2026-11-22', instrument: 'SIM:SPX500', runId, side: 'short' }
  expect(tradesSearch.parse(search)).toEqual(search)
})

test('drops what cannot be, and keeps the rest', () => {
  expect(
    tradesSearch.parse({ from: 'yesterday', side: 'up', result: 7, runId: 'x', strategyId: 'ema-crossover' }),
  ).toEqual({ strategyId: 'ema-crossover' })
})

test('sends the filters without the open trade and without empty fields', () => {
  expect(tradeFilters(tradesSearch.parse({ side: 'long', trade: runId }))).toEqual({ side: 'long' })
})
