import { readFileSync } from 'node:fs'
import { dayMinutes, emptyBars, firstMinute, type PriceSource } from './source.ts'

/** The simulated second at which the replay shows its first day, 2000-01-03. */
export const replayAnchor = Temporal.Instant.from('2026-01-01T00:00:00+05:30').epochMilliseconds / 1000

/** Real daily closes of the S&P 500 from 2000-01-03 to 2020-04-17 in hundredths (npm `vega-datasets`). */
export function readCloses(): Int32Array {
  const file = new URL('../data/sp500-2000.csv', import.meta.resolve('vega-datasets'))
  const [header = '', ...rows] = readFileSync(file, 'utf8').trim().split('\n')
  const column = header.split(',').indexOf('close')
  const closes = Int32Array.from(rows, (row) => Math.round(Number(row.split(',')[column]) * 100))
  if (closes.length < 5000 || closes.some((close) => close <= 0)) {
    throw new Error(`${file.pathname} does not hold the daily closes it should`)
  }
  return closes
}

/**
 * Replays closes, one a simulated second from the anchor: forwards to the last, then backwards to the
 * first, and so on for ever, so that every step is one the real index made (in one direction or the other).
 */
export function replaySource(closes: Int32Array): PriceSource {
  const last = closes.length - 1
  const priceAt = (second: number): number => {
    const cycle = 2 * last
    const step = (((second - replayAnchor) % cycle) + cycle) % cycle
    return closes[step <= last ? step : cycle - step] ?? 0
  }
  const secondsOfMinute = (minute: number): Int32Array =>
    Int32Array.from({ length: 60 }, (_, second) => priceAt(minute * 60 + second))
  return {
    secondsOfMinute,
    minutesOfDay(day) {
      const bars = emptyBars()
      for (let step = 0; step < dayMinutes; step++) {
        const from = (firstMinute(day) + step) * 60
        let high = 0
        let low = Number.MAX_SAFE_INTEGER
        for (let second = from; second < from + 60; second++) {
          const price = priceAt(second)
          if (price > high) high = price
          if (price < low) low = price
        }
        bars.open[step] = priceAt(from)
        bars.high[step] = high
        bars.low[step] = low
        bars.close[step] = priceAt(from + 59)
      }
      return bars
    },
  }
}
