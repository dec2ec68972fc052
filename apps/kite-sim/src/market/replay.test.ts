import { expect, test } from 'vitest'
import { readCloses, replayAnchor, replaySource } from './replay.ts'

const closes = readCloses()
const priceAt = (second: number) => replaySource(closes).secondsOfMinute(Math.floor(second / 60))[second % 60]

test('one real close of the S&P 500 is shown a second, from 2000-01-03 on', () => {
  expect(closes).toHaveLength(5105)
  expect([0, 1, 2].map((seconds) => priceAt(replayAnchor + seconds))).toEqual([145_522, 139_942, 140_211])
})

test('after the last close it runs backwards, so every step is one the index made', () => {
  const last = replayAnchor + closes.length - 1
  expect([-1, 0, 1].map((seconds) => priceAt(last + seconds))).toEqual([279_955, 287_456, 279_955])
  expect([-1, 0, 1].map((seconds) => priceAt(replayAnchor + 2 * 5104 + seconds))).toEqual([
    139_942, 145_522, 139_942,
  ])
  expect(priceAt(replayAnchor - 1)).toBe(139_942)
})
