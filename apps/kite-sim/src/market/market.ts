import { istDay, istDayStart } from '../ist.ts'
import { buildDay, type Day } from './days.ts'
import { type Depth, depthAround } from './depth.ts'
import { mix, textKey } from './hash.ts'
import { type Instrument, replayToken } from './instruments.ts'
import { recent } from './recent.ts'
import { readCloses, replaySource } from './replay.ts'
import { firstMinute, type PriceSource } from './source.ts'
import { type WalkOptions, walkSource } from './walk.ts'

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
  const series = createSeries(seed)
  const depth = (instrument: Instrument, second: number): Depth =>
    depthAround(instrument, mix(keyOf(seed, instrument), second), series.last(instrument, second))
  return {
    ...series,
    depth,
    snapshot: (instrument, second) => ({
      ...soFarToday(series, instrument, second),
      instrument,
      second,
      previousClose: series.last(instrument, istDayStart(istDay(second)) - 1),
      depth: depth(instrument, second),
    }),
  }
}

type Series = Pick<Market, 'last' | 'day' | 'minuteSoFar'>

const keyOf = (seed: string, instrument: Instrument): number =>
  mix(textKey(`${seed}/ticks`), instrument.token)

function createSeries(seed: string): Series {
  const sources = recent<PriceSource>(128)
  const days = recent<Day>(160)
  const minutes = recent<Int32Array>(256)
  const replay = replaySource(readCloses())

  const source = (instrument: Instrument): PriceSource =>
    sources(String(instrument.token), () =>
      instrument.token === replayToken ? replay : walkSource(walkOf(seed, instrument)),
    )
  const seconds = (instrument: Instrument, minute: number): Int32Array =>
    minutes(`${instrument.token}/${minute}`, () => source(instrument).secondsOfMinute(minute))
  const day: Market['day'] = (instrument, number) =>
    days(`${instrument.token}/${number}`, () =>
      buildDay(instrument, mix(keyOf(seed, instrument), number), source(instrument).minutesOfDay(number)),
    )
  return {
    last: (instrument, second) => seconds(instrument, Math.floor(second / 60))[second % 60] ?? 0,
    day,
    minuteSoFar: (instrument, second) => {
      const passed = seconds(instrument, Math.floor(second / 60)).subarray(0, (second % 60) + 1)
      const [open = 0] = passed
      let [high, low] = [open, open]
      for (const price of passed) {
        if (price > high) high = price
        if (price < low) low = price
      }
      const volume = tradedInMinute(instrument, day(instrument, istDay(second)), second)
      return { open, high, low, close: passed.at(-1) ?? 0, volume }
    },
  }
}

/** Quantity traded in the minute of a second, up to and with it. */
function tradedInMinute({ lotSize }: Instrument, day: Day, second: number): number {
  const whole = day.volume[Math.floor(second / 60) - firstMinute(istDay(second))] ?? 0
  return Math.floor(((whole / lotSize) * ((second % 60) + 1)) / 60) * lotSize
}

function walkOf(seed: string, instrument: Instrument): WalkOptions {
  const { walk, basePaise, tickPaise, daysLeft } = instrument
  const factor = (day: number): number => 1 + (carry * daysLeft(day)) / 365
  return { key: textKey(`${seed}/${walk}`), basePaise, tickPaise, factor }
}

function soFarToday(series: Series, instrument: Instrument, second: number) {
  const today = istDay(second)
  const day = series.day(instrument, today)
  const now = series.minuteSoFar(instrument, second)
  const before = Math.floor(second / 60) - firstMinute(today) - 1
  const volume = (day.volumeSoFar[before] ?? 0) + now.volume
  const typical = Math.round((now.high + now.low + now.close) / 3)
  const turnover = (day.turnoverSoFar[before] ?? 0) + now.volume * typical
  const earlier = second % 60 === 0 ? 0 : tradedInMinute(instrument, day, second - 1)
  return {
    last: now.close,
    lastQuantity: now.volume - earlier,
    average: volume === 0 ? 0 : Math.round(turnover / volume),
    volume,
    open: day.open[0] ?? 0,
    high: Math.max(now.high, day.highSoFar[before] ?? 0),
    low: Math.min(now.low, day.lowSoFar[before] ?? now.low),
    openInterest: day.openInterest,
  }
}
