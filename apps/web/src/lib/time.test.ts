import { expect, test } from 'vitest'
import { ago, duration, fullTime, istDay, shortDate, shortTime, timeOfDay } from './time.ts'

const evening = '2026-11-22T20:35:09.000Z'
const now = Date.parse('2026-11-23T03:30:00.000Z')

test('times are India’s, whatever the zone of the browser', () => {
  expect(timeOfDay(evening)).toBe('02:05:09')
  expect(istDay(evening)).toBe('2026-11-23')
  expect(timeOfDay('2026-11-22T18:30:00.000Z')).toBe('00:00:00')
})

test('today shows its time, another day its date, another year its year', () => {
  expect(shortTime(evening, now)).toBe('02:05:09')
  expect(shortTime('2026-11-21T08:35:09.000Z', now)).toBe('21 Nov, 14:05')
  expect(shortDate('2025-11-21T08:35:09.000Z', now)).toBe('21 Nov 2025')
})

test('a day has no leading zero, and its month is India’s', () => {
  expect(shortDate('2026-08-31T18:30:00.000Z', now)).toBe('1 Sept')
  expect(shortDate('2025-12-31T18:30:00.000Z', now)).toBe('1 Jan')
})

test('the tooltip has the full date and UTC, with its date where that is another day', () => {
  expect(fullTime('2026-11-22T08:35:09.000Z')).toBe('22 Nov 2026, 14:05:09 IST · 08:35:09 UTC')
  expect(fullTime(evening)).toBe('23 Nov 2026, 02:05:09 IST · 2026-11-22 20:35:09 UTC')
})

test('lengths of time are told in their two largest units and are never negative', () => {
  expect(duration(45_999)).toBe('45 s')
  expect(duration(60_000)).toBe('1 min')
  expect(duration(61_000)).toBe('1 min 1 s')
  expect(duration(9 * 3_600_000 + 12 * 60_000)).toBe('9 h 12 min')
  expect(duration(76 * 3_600_000)).toBe('3 d 4 h')
  expect(duration(-5000)).toBe('0 s')
})

test('how long ago, in the largest unit; a clock that is ahead of ours is just now', () => {
  expect(ago(now - 4000, now)).toBe('just now')
  expect(ago(now - 59_000, now)).toBe('59 s ago')
  expect(ago(now - 12 * 60_000, now)).toBe('12 min ago')
  expect(ago(now - 25 * 3_600_000, now)).toBe('1 d ago')
  expect(ago(now + 60_000, now)).toBe('just now')
})
