import { describe, expect, test } from 'vitest'
import { axisLabel, barTime, chartTime, crosshairLabel } from './ist-time.ts'

describe('chart time', () => {
  test('puts the day line of the axis at midnight in India', () => {
    const midnight = chartTime('2026-11-21T18:30:00.000Z')
    expect(midnight % 86_400).toBe(0)
    expect(axisLabel(midnight, 2)).toBe('22 Nov')
  })

  test('labels the axis and the crosshair with the clock of India', () => {
    const time = chartTime('2026-11-22T08:35:09.400Z')
    expect(axisLabel(time, 3)).toBe('14:05')
    expect(axisLabel(time, 4)).toBe('14:05:09')
    expect(crosshairLabel(time)).toBe('22 Nov 14:05:09')
  })

  test('says midnight as 00:00, not 24:00', () => {
    expect(axisLabel(chartTime('2026-11-21T18:30:00.000Z'), 3)).toBe('00:00')
  })
})

describe('barTime', () => {
  test.each([
    ['5s', '2026-11-22T08:35:05.000Z'],
    ['1m', '2026-11-22T08:35:00.000Z'],
    ['15m', '2026-11-22T08:30:00.000Z'],
    ['1h', '2026-11-22T08:00:00.000Z'],
  ] as const)('puts an instant into its %s bar', (interval, start) => {
    expect(barTime('2026-11-22T08:35:09.999Z', interval)).toBe(chartTime(start))
    expect(barTime(start, interval)).toBe(chartTime(start))
  })
})
