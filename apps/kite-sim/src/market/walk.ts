import { type Bridge, bridgeAt, bridgePoints } from './bridge.ts'
import { mix, normal, pick } from './hash.ts'
import { dayMinutes, emptyBars, firstMinute, type PriceSource } from './source.ts'

/** Days between two points at which the walk is drawn back near its base price. */
const blockDays = 512
const sigmaBlock = 0.08
const sigmaDay = 0.012
/** Livelier than a real share, so that a minute of watching shows movement. */
const sigmaMinute = 0.0009
const sigmaSecond = 0.00016

const scale = { block: 1, day: 2, minute: 3, extremes: 4, second: 5 } as const

/** What a walk is made from. */
export interface WalkOptions {
  /** Hash of the simulator's seed and the walk's name. */
  readonly key: number
  readonly basePaise: number
  readonly tickPaise: number
  /** Factor on the price by IST day; a future's cost of carry. */
  readonly factor?: (day: number) => number
}

/** One minute: where it starts and ends, its extremes and the seconds at which they are touched (log prices). */
interface MinuteShape {
  readonly key: number
  readonly start: number
  readonly end: number
  readonly high: number
  readonly low: number
  readonly highAt: number
  readonly lowAt: number
}

/**
 * A seeded random walk over days, minutes and seconds. Days bridge between points near the base price,
 * minutes bridge between the ends of their day, and each minute draws its own high and low, which its
 * seconds touch and never pass: so a minute's bar costs no look at its seconds, and still agrees with them.
 */
export function walkSource(options: WalkOptions): PriceSource {
  const { key, basePaise, tickPaise } = options
  const price = (log: number, factor: number): number =>
    Math.max(1, Math.round((basePaise * factor * Math.exp(log)) / tickPaise)) * tickPaise
  const factorOf = options.factor ?? (() => 1)
  return {
    secondsOfMinute(minute) {
      const day = Math.floor((minute + 330) / dayMinutes)
      const step = minute - firstMinute(day)
      const bridge = dayBridge(key, day)
      const shape = minuteShape(key, minute, bridgeAt(bridge, step), bridgeAt(bridge, step + 1))
      const factor = factorOf(day)
      return Int32Array.from({ length: 60 }, (_, second) => price(logAt(shape, second), factor))
    },
    minutesOfDay(day) {
      const points = bridgePoints(dayBridge(key, day))
      const bars = emptyBars()
      const factor = factorOf(day)
      for (let step = 0; step < dayMinutes; step++) {
        const shape = minuteShape(key, firstMinute(day) + step, points[step] ?? 0, points[step + 1] ?? 0)
        bars.open[step] = price(shape.start, factor)
        bars.high[step] = price(shape.high, factor)
        bars.low[step] = price(shape.low, factor)
        bars.close[step] = price(logAt(shape, 59), factor)
      }
      return bars
    },
  }
}

function dayBridge(key: number, day: number): Bridge {
  return {
    key: mix(mix(key, scale.day), day),
    length: dayMinutes,
    left: dayLog(key, day),
    right: dayLog(key, day + 1),
    sigma: sigmaMinute,
  }
}

function dayLog(key: number, day: number): number {
  const block = Math.floor(day / blockDays)
  const blockKey = mix(key, scale.block)
  const bridge: Bridge = {
    key: mix(blockKey, block),
    length: blockDays,
    left: sigmaBlock * normal(mix(blockKey, block * 2)),
    right: sigmaBlock * normal(mix(blockKey, (block + 1) * 2)),
    sigma: sigmaDay,
  }
  return bridgeAt(bridge, day - block * blockDays)
}

function minuteShape(walkKey: number, minute: number, start: number, end: number): MinuteShape {
  const key = mix(mix(walkKey, scale.minute), minute)
  const extremes = mix(key, scale.extremes)
  // Seconds 1…58: the extremes fall inside the minute and never on the same second.
  const highAt = 1 + pick(mix(extremes, 1), 58)
  const lowAt = 1 + ((highAt + pick(mix(extremes, 2), 57)) % 58)
  return {
    key,
    start,
    end,
    high: Math.max(start, end) + sigmaMinute * 0.5 * Math.abs(normal(mix(extremes, 3))),
    low: Math.min(start, end) - sigmaMinute * 0.5 * Math.abs(normal(mix(extremes, 4))),
    highAt,
    lowAt,
  }
}

/** The log price at a second of the minute: bridges from start to one extreme, to the other, to the end. */
function logAt(shape: MinuteShape, second: number): number {
  const { highAt, lowAt, high, low } = shape
  const firstAt = Math.min(highAt, lowAt)
  const secondAt = Math.max(highAt, lowAt)
  const first = firstAt === highAt ? high : low
  const other = firstAt === highAt ? low : high
  if (second < firstAt) return within(shape, 0, shape.start, firstAt, first, second)
  if (second < secondAt) return within(shape, firstAt, first, secondAt, other, second)
  return within(shape, secondAt, other, 60, shape.end, second)
}

function within(shape: MinuteShape, from: number, left: number, to: number, right: number, at: number) {
  const key = mix(mix(shape.key, scale.second), from)
  const log = bridgeAt({ key, length: to - from, left, right, sigma: sigmaSecond }, at - from)
  const { high, low } = shape
  // Beyond an extreme the path is mirrored back; the clamp is for what would leave on the other side.
  const mirrored = log > high ? 2 * high - log : log < low ? 2 * low - log : log
  return Math.min(high, Math.max(low, mirrored))
}
