import { istDay } from '../ist.ts'
import type { Instrument } from './instruments.ts'
import type { Market } from './market.ts'
import { dayMinutes, firstMinute } from './source.ts'

/** A candle: the epoch second at which it begins, prices in paise, quantity traded. */
export interface Candle {
  readonly second: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** The candles that a request may ask for. */
export interface CandleRange {
  readonly instrument: Instrument
  /** Length of a candle in minutes; a divisor of a day. */
  readonly minutes: number
  /** First and last second at which a candle may begin. */
  readonly from: number
  readonly to: number
  /** Present second: nothing after it is told, and the candle around it is as far as it has come. */
  readonly now: number
}

/** Candles counted from midnight IST, oldest first. */
export function* candles(market: Market, range: CandleRange): Generator<Candle> {
  const end = Math.min(range.to, range.now)
  for (let day = istDay(range.from); day <= istDay(end); day++) {
    const start = firstMinute(day)
    for (let step = 0; step < dayMinutes; step += range.minutes) {
      const second = (start + step) * 60
      if (second > end) return
      if (second >= range.from) yield candleAt(market, range, day, step)
    }
  }
}

function candleAt(market: Market, range: CandleRange, day: number, step: number): Candle {
  const { instrument, now } = range
  const bars = market.day(instrument, day)
  const first = firstMinute(day)
  const running = Math.floor(now / 60) - first
  let high = 0
  let low = Number.MAX_SAFE_INTEGER
  let close = 0
  let volume = 0
  for (let minute = step; minute < step + range.minutes && minute <= running; minute++) {
    const bar =
      minute === running
        ? market.minuteSoFar(instrument, now)
        : {
            high: bars.high[minute] ?? 0,
            low: bars.low[minute] ?? 0,
            close: bars.close[minute] ?? 0,
            volume: bars.volume[minute] ?? 0,
          }
    if (bar.high > high) high = bar.high
    if (bar.low < low) low = bar.low
    close = bar.close
    volume += bar.volume
  }
  return { second: (first + step) * 60, open: bars.open[step] ?? 0, high, low, close, volume }
}
