import { expect, test } from 'vitest'
import { candleRange } from './candle-range.ts'

const run = {
  createdAt: '2026-11-22T08:35:02.000Z',
  startedAt: '2026-11-22T08:35:03.500Z',
  stoppedAt: null,
}
const ended = { ...run, stoppedAt: '2026-11-22T08:40:01.000Z' }

test('begins sixty whole bars before the run and stays open while it is active', () => {
  expect(candleRange(run, [], '5s')).toEqual({ from: '2026-11-22T08:30:00.000Z' })
  expect(candleRange({ ...run, startedAt: null }, [], '1m')).toEqual({ from: '2026-11-22T07:35:00.000Z' })
})

test('ends sixty bars after a run that has ended', () => {
  expect(candleRange(ended, [], '5s').to).toBe('2026-11-22T08:45:00.000Z')
})

test('reaches to trades whose exchange ran ahead of or behind the clock', () => {
  const trades = [
    { entryAt: '2026-11-22T08:50:00.000Z', exitAt: '2026-11-22T08:55:00.000Z' },
    { entryAt: '2026-11-22T08:00:00.000Z', exitAt: '2026-11-22T08:36:00.000Z' },
  ]
  expect(candleRange(ended, trades, '5s')).toEqual({
    from: '2026-11-22T07:55:00.000Z',
    to: '2026-11-22T09:00:00.000Z',
  })
})
