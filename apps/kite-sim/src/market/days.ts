import { mix, pick } from './hash.ts'
import type { Instrument } from './instruments.ts'
import { dayMinutes, type MinuteBars } from './source.ts'

/** An instrument's whole IST day: its minute bars, and running figures up to the end of each minute. */
export interface Day extends MinuteBars {
  readonly highSoFar: Int32Array
  readonly lowSoFar: Int32Array
  /** Quantity traded in each minute. */
  readonly volume: Int32Array
  readonly volumeSoFar: Int32Array
  /** Price × quantity in paise up to the end of each minute. */
  readonly turnoverSoFar: Float64Array
  readonly openInterest: number
}

/** Adds volumes (hashed from `key`) and running figures to a day's bars. */
export function buildDay(instrument: Instrument, key: number, bars: MinuteBars): Day {
  const highSoFar = new Int32Array(dayMinutes)
  const lowSoFar = new Int32Array(dayMinutes)
  const volume = new Int32Array(dayMinutes)
  const volumeSoFar = new Int32Array(dayMinutes)
  const turnoverSoFar = new Float64Array(dayMinutes)
  let high = 0
  let low = Number.MAX_SAFE_INTEGER
  let traded = 0
  let turnover = 0
  for (let step = 0; step < dayMinutes; step++) {
    const [top = 0, bottom = 0, close = 0] = [bars.high[step], bars.low[step], bars.close[step]]
    high = Math.max(high, top)
    low = Math.min(low, bottom)
    const quantity = minuteVolume(instrument, mix(key, step))
    traded += quantity
    turnover += quantity * Math.round((top + bottom + close) / 3)
    highSoFar[step] = high
    lowSoFar[step] = low
    volume[step] = quantity
    volumeSoFar[step] = traded
    turnoverSoFar[step] = turnover
  }
  const lots = instrument.type === 'FUT' ? 150_000 + pick(mix(key, dayMinutes), 50_000) : 0
  const openInterest = lots * instrument.lotSize
  return { ...bars, highSoFar, lowSoFar, volume, volumeSoFar, turnoverSoFar, openInterest }
}

/** At least one lot a second; an index trades nothing. A day stays far below the ticker's 32-bit limit. */
function minuteVolume(instrument: Instrument, key: number): number {
  if (instrument.segment === 'INDICES') return 0
  return instrument.lotSize * (instrument.type === 'FUT' ? 60 + pick(key, 240) : 600 + pick(key, 5400))
}
