import { describe, expect, test } from 'vitest'
import { fittingInterval, quotedDecimals, toBars, toLevels, withTick } from './bars.ts'
import { chartTime } from './ist-time.ts'

const candle = (time: string, close: string) => ({ time, open: '100', high: '110.5', low: '95', close })

describe('toBars', () => {
  test('turns decimal strings into coordinates, oldest first', () => {
    expect(toBars([candle('2026-11-22T08:35:00.000Z', '101.25')])).toEqual([
      { time: chartTime('2026-11-22T08:35:00.000Z'), open: 100, high: 110.5, low: 95, close: 101.25 },
    ])
  })

  test('keeps one bar for each time, because the chart refuses more', () => {
    const twice = [candle('2026-11-22T08:35:00.000Z', '101'), candle('2026-11-22T08:35:00.000Z', '102')]
    expect(toBars(twice)).toHaveLength(1)
  })
})

describe('withTick', () => {
  const last = toBars([candle('2026-11-22T08:35:05.000Z', '101')])[0]

  test('stretches the last bar', () => {
    expect(withTick(last, '112.5', '2026-11-22T08:35:09.999Z', '5s')).toMatchObject({
      time: last?.time,
      open: 100,
      high: 112.5,
      low: 95,
      close: 112.5,
    })
  })

  test('begins the next bar', () => {
    expect(withTick(last, '99', '2026-11-22T08:35:10.000Z', '5s')).toEqual({
      time: chartTime('2026-11-22T08:35:10.000Z'),
      open: 99,
      high: 99,
      low: 99,
      close: 99,
    })
  })

  test('begins the first bar of an empty chart', () => {
    expect(withTick(undefined, '99', '2026-11-22T08:35:12.000Z', '5s')?.time).toBe(
      chartTime('2026-11-22T08:35:10.000Z'),
    )
  })

  test('leaves a complete bar alone', () => {
    expect(withTick(last, '500', '2026-11-22T08:35:04.999Z', '5s')).toBeNull()
  })
})

describe('toLevels', () => {
  const bars = toBars([candle('2026-11-22T08:34:50.000Z', '1'), candle('2026-11-22T08:36:00.000Z', '2')])
  const points = [
    { time: '2026-11-22T08:35:01.000Z', net: '10.50' },
    { time: '2026-11-22T08:35:04.000Z', net: '-4.25' },
    { time: '2026-11-22T08:35:11.000Z', net: '7' },
  ]

  test('begins at zero, keeps the last value within each bar, and carries the final one to the last bar', () => {
    expect(toLevels(points, '5s', bars)).toEqual([
      { time: chartTime('2026-11-22T08:34:50.000Z'), value: 0 },
      { time: chartTime('2026-11-22T08:35:00.000Z'), value: -4.25 },
      { time: chartTime('2026-11-22T08:35:10.000Z'), value: 7 },
      { time: chartTime('2026-11-22T08:36:00.000Z'), value: 7 },
    ])
  })

  test('starts with what was earned before the bars shown', () => {
    const before = [{ time: '2026-11-22T07:00:00.000Z', net: '120' }]
    expect(toLevels(before, '5s', bars).map((level) => level.value)).toEqual([120, 120])
  })

  test('is flat at zero when nothing was closed, and nothing at all while that is not known', () => {
    expect(toLevels([], '5s', bars).map((level) => level.value)).toEqual([0, 0])
    expect(toLevels(undefined, '5s', bars)).toEqual([])
  })

  test('draws nothing without bars', () => {
    expect(toLevels(points, '5s', [])).toEqual([])
  })
})

test('chooses bars by the length of a run', () => {
  const minute = 60_000
  expect([1, 39, 60, 599, 1500, 4000, 20_000].map((n) => fittingInterval(n * minute))).toEqual([
    '5s',
    '5s',
    '1m',
    '1m',
    '5m',
    '15m',
    '1h',
  ])
})

test('quotes prices with the decimals they came with', () => {
  expect(quotedDecimals(['100', '101.5'])).toBe(2)
  expect(quotedDecimals(['1.2345', '1.23456789'])).toBe(4)
})
