import { expect, test } from 'vitest'
import { istCandleText, istDay, istDayStart, istText, parseIst } from './ist.ts'

const second = Date.parse('2026-11-22T18:30:00Z') / 1000

test('an instant is told in IST without an offset, whatever zone the host has', () => {
  expect(istText(second)).toBe('2026-11-23 00:00:00')
  expect(istText(second - 1)).toBe('2026-11-22 23:59:59')
  expect(istCandleText(second)).toBe('2026-11-23T00:00:00+0530')
})

test('a day begins at midnight in India', () => {
  expect(istDayStart(istDay(second))).toBe(second)
  expect(istDay(second - 1)).toBe(istDay(second) - 1)
})

test('IST text is read back; what is not a time is not guessed at', () => {
  expect(parseIst('2026-11-23 00:00:00')).toBe(second)
  expect(parseIst('2026-11-23')).toBe(second)
  for (const text of ['2026-02-30', '23-11-2026', '2026-11-23 25:00:00', '', 'now']) {
    expect(parseIst(text)).toBeUndefined()
  }
})
