import { expect, test } from 'vitest'
import { candleRange } from './candle-range.ts'

const run = {
  createdAt: '2026-11-22T08:35:02.000Z',
  startedAt: '2026-11-22T08:35:03.500Z',
  stoppedAt: null,
}

test('begins sixty whole bars before the run and stays open while it is active', () => {
  expect(candleRange(run, '5s')).toEqual({ from: '2026-11-22T08:30:00.000Z' })
  expect(candleRange({ ...run, startedAt: null }, '1m')).toEqual({ from: '2026-11-22T07:35:00.000Z' })
})

test('ends sixty bars after a run that has ended', () => {
  expect(candleRange({ ...run, stoppedAt: '2026-11-22T08:40:01.000Z' }, '5s').to).toBe(
    '2026-11-22T08:45:00.000Z',
  )
})
