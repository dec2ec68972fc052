import { istDay, istDayStart } from '../ist.ts'
import { buildDay, type Day } from './days.ts'
import { type Depth, depthAround } from './depth.ts'
import { mix, textKey } from './hash.ts'
import type { Instrument } from './instruments.ts'
import { recent } from './recent.ts'
import { readCloses, replaySource } from './replay.ts'
import { firstMinute, type PriceSource } from './source.ts'
import { walkSource } from './walk.ts'

/** All that a quote or a full packet tells of one instrument at one second. Prices in paise. */
export interface Snapshot {
  readonly instrument: Instrument
  readonly second: number
  readonly last: number
  readonly lastQuantity: number
  readonly average: number
  readonly volume: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly previousClose: number
  readonly openInterest: number
  readonly depth: Depth
}

/** Prices of every instrument as a pure function of seed, instrument and second. */
export interface Market {
  last(instrument: Instrument, second: number): number
  depth(instrument: Instrument, second: number): Depth
  snapshot(instrument: Instrument, second: number): Snapshot
  day(instrument: Instrument, day: number): Day
  /** High and low of the seconds of a minute up to and with `second`, and the volume traded in them. */
  minuteSoFar(instrument: Instrument, second: number): MinuteSoFar
}

/** The running minute. */
export interface MinuteSoFar {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
}

/** Yearly cost of carrying an index position, by which a future stands above its index. */
const carry = 0.065

/** Builds the market of a seed. Days and minutes once computed are kept, as many as a full subscription needs. */
export function createMarket(seed: string): Market {
  const sources = recent<PriceSource>(128)
  const days = recent<Day>(160)
  const minutes = recent<Int32Array>(256)
  const closes = readCloses()
  const keyOf = (instrument: Instrument) => mix(textKey(`${seed}/ticks`), instrument.token)

  const source = (instrument: Instrument): PriceSource =>
    sources(String(instrument.token), () => {
      if (instrument.walk === 'SPX500') return replaySource(closes)
      const { basePaise, tickPaise, daysLeft } = instrument
      const factor = (day: number): number => 1 + (carry * daysLeft(day)) / 365
      return walkSource({ key: textKey(`${seed}/${instrument.walk}`), basePaise, tickPaise, factor })
    })
  const seconds = (instrument: Instrument, minute: number): Int32Array =>
    minutes(`${instrument.token}/${minute}`, () => source(instrument).secondsOfMinute(minute))
  const day = (instrument: Instrument, number: number): Day =>
    days(`${instrument.token}/${number}`, () =>
      buildDay(instrument, mix(keyOf(instrument), number), source(instrument).minutesOfDay(number)),
    )
  const last = (instrument: Instrument, second: number): number =>
    seconds(instrument, Math.floor(second / 60))[second % 60] ?? 0
  const depth = (instrument: Instrument, second: number): Depth =>
    depthAround(instrument, mix(keyOf(instrument), second), last(instrument, second))

  const minuteSoFar = (instrument: Instrument, second: number): MinuteSoFar => {
    const passed = seconds(instrument, Math.floor(second / 60)).subarray(0, (second % 60) + 1)
    const today = istDay(second)
    const whole = day(instrument, today).volume[Math.floor(second / 60) - firstMinute(today)] ?? 0
    return {
      open: passed[0] ?? 0,
      high: passed.reduce((one, other) => Math.max(one, other)),
      low: passed.reduce((one, other) => Math.min(one, other)),
      close: passed.at(-1) ?? 0,
      volume: Math.floor(((whole / instrument.lotSize) * passed.length) / 60) * instrument.lotSize,
    }
  }

  return {
    last,
    depth,
    day,
    minuteSoFar,
    snapshot: (instrument, second) => {
      const today = istDay(second)
      const figures = day(instrument, today)
      const now = minuteSoFar(instrument, second)
      const before = Math.floor(second / 60) - firstMinute(today) - 1
      const volumeBefore = figures.volumeSoFar[before] ?? 0
      const earlier = second % 60 === 0 ? 0 : minuteSoFar(instrument, second - 1).volume
      const typical = Math.round((now.high + now.low + now.close) / 3)
      const volume = volumeBefore + now.volume
      const turnover = (figures.turnoverSoFar[before] ?? 0) + now.volume * typical
      return {
        instrument,
        second,
        last: now.close,
        lastQuantity: now.volume - earlier,
        average: volume === 0 ? 0 : Math.round(turnover / volume),
        volume,
        open: figures.open[0] ?? 0,
        high: Math.max(now.high, figures.highSoFar[before] ?? 0),
        low: Math.min(now.low, figures.lowSoFar[before] ?? now.low),
        previousClose: last(instrument, istDayStart(today) - 1),
        openInterest: figures.openInterest,
        depth: depth(instrument, second),
      }
    },
  }
}
