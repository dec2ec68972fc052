import type { CandleInterval } from '@stratdesk/contracts/candles'
import type { UTCTimestamp } from 'lightweight-charts'

/** India has one offset all year, and had it since before any data here. */
const istSeconds = 5.5 * 3600

const intervalSeconds: Readonly<Record<CandleInterval, number>> = {
  '5s': 5,
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3600,
}

/** The length of a bar in seconds. */
export function barSeconds(interval: CandleInterval): number {
  return intervalSeconds[interval]
}

/**
 * The chart's time of an instant (ISO 8601 text or epoch ms): seconds of the IST wall clock. The library knows only
 * UTC and would put its day and hour lines at UTC's; shifted by the offset they fall on India's.
 */
export function chartTime(instant: string | number): UTCTimestamp {
  const ms = typeof instant === 'number' ? instant : Date.parse(instant)
  // UTCTimestamp is a branded number; this is the one place that makes them.
  return (Math.floor(ms / 1000) + istSeconds) as UTCTimestamp
}

/** The chart's time of the bar that an instant falls into. Bars start at whole intervals of UTC, as the API cuts them. */
export function barTime(instant: string | number, interval: CandleInterval): UTCTimestamp {
  const ms = typeof instant === 'number' ? instant : Date.parse(instant)
  const length = intervalSeconds[interval] * 1000
  return chartTime(Math.floor(ms / length) * length)
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const clockSeconds = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })
const month = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'short', year: 'numeric' })
const year = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', year: 'numeric' })

/** Formats by the library's kinds of marks: year, month, day, time, time with seconds. */
const byMark = [year, month, day, clock, clockSeconds]

/** A label of the time axis, in IST: `2026`, `Nov 2026`, `22 Nov`, `14:05` or `14:05:09`. */
export function axisLabel(time: number, mark: number): string {
  return (byMark[mark] ?? clock).format(time * 1000)
}

/** The crosshair's label: `22 Nov 14:05:09`. */
export function crosshairLabel(time: number): string {
  return `${day.format(time * 1000)} ${clockSeconds.format(time * 1000)}`
}
