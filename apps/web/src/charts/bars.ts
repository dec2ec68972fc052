import type { Candle, CandleInterval } from '@stratdesk/contracts/candles'
import type { UTCTimestamp } from 'lightweight-charts'
import { barTime, chartTime } from './ist-time.ts'

/** A bar in the chart's coordinates. Only here and in the axis labels do prices become numbers. */
export interface Bar {
  readonly time: UTCTimestamp
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** One level of a step line in the chart's coordinates. */
export interface Level {
  readonly time: UTCTimestamp
  readonly value: number
}

/** Candles as bars, oldest first, one for each time. */
export function toBars(candles: readonly Candle[]): Bar[] {
  const bars: Bar[] = []
  for (const { time, open, high, low, close } of candles) {
    const bar = {
      time: chartTime(time),
      open: Number(open),
      high: Number(high),
      low: Number(low),
      close: Number(close),
    }
    const before = bars.at(-1)
    if (before === undefined || bar.time > before.time) bars.push(bar)
  }
  return bars
}

/**
 * The bar that a tick makes of the last one: the same bar stretched, or the next one. Null when the tick is older
 * than the last bar, which is then already complete.
 */
export function withTick(
  last: Bar | undefined,
  price: string,
  at: string,
  interval: CandleInterval,
): Bar | null {
  const time = barTime(at, interval)
  const value = Number(price)
  if (last === undefined || time > last.time) {
    return { time, open: value, high: value, low: value, close: value }
  }
  if (time < last.time) return null
  return { ...last, high: Math.max(last.high, value), low: Math.min(last.low, value), close: value }
}

/**
 * A running total as levels at bar times, so that it shares the bars' time axis: 0 at the first bar, the last value
 * within each bar, and the final value carried to the last bar. No points are a total of 0; an unknown total
 * (undefined) has no levels, nor has one without bars.
 */
export function toLevels(
  points: readonly { readonly time: string; readonly net: string }[] | undefined,
  interval: CandleInterval,
  bars: readonly Bar[],
): Level[] {
  const [first, last] = [bars.at(0), bars.at(-1)]
  if (points === undefined || first === undefined || last === undefined) return []
  const levels = new Map<UTCTimestamp, number>([[first.time, 0]])
  for (const { time, net } of points) {
    const at = barTime(time, interval)
    levels.set(at < first.time ? first.time : at, Number(net))
  }
  const sorted = [...levels].map(([time, value]) => ({ time, value })).sort((a, b) => a.time - b.time)
  const final = sorted.at(-1)
  if (final !== undefined && last.time > final.time) sorted.push({ time: last.time, value: final.value })
  return sorted
}

/** The interval whose bars show a stretch of time in a few hundred bars: 5 s for up to 40 min, 1 min for a session. */
export function fittingInterval(milliseconds: number): CandleInterval {
  const minutes = milliseconds / 60_000
  if (minutes <= 40) return '5s'
  if (minutes <= 10 * 60) return '1m'
  if (minutes <= 2 * 24 * 60) return '5m'
  if (minutes <= 7 * 24 * 60) return '15m'
  return '1h'
}

/** How many decimals the prices are quoted with, from 2 to 4. */
export function quotedDecimals(prices: readonly string[]): number {
  const longest = prices.reduce((most, price) => Math.max(most, price.split('.')[1]?.length ?? 0), 2)
  return Math.min(4, longest)
}
