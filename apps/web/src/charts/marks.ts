import type { CandleInterval } from '@stratdesk/contracts/candles'
import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts'
import type { ChartColours } from './chart-colours.ts'
import { barTime } from './ist-time.ts'

/** What happened; told by shape as well as by colour. */
export type MarkKind = 'long-entry' | 'short-entry' | 'gain' | 'loss'

/** An entry or exit to be marked at its bar; buys stand below the bar, sells above. */
export interface Mark {
  readonly kind: MarkKind
  readonly bought: boolean
  readonly at: string
  /** One line for the readout and the table: `Long 10 at 4,123.45`. */
  readonly text: string
}

/** The marks of each bar, by the bar's time. */
export function marksByBar(marks: readonly Mark[], interval: CandleInterval): Map<number, readonly Mark[]> {
  const bars = new Map<number, Mark[]>()
  for (const mark of marks) {
    const time = barTime(mark.at, interval)
    const there = bars.get(time)
    if (there) there.push(mark)
    else bars.set(time, [mark])
  }
  return bars
}

const shapes = {
  'long-entry': 'arrowUp',
  'short-entry': 'arrowDown',
  gain: 'circle',
  loss: 'square',
} as const

/**
 * The chart's markers, oldest first: one for each kind and side in a bar, with their number when there are several,
 * so that a busy bar stays readable.
 */
export function toMarkers(
  marks: readonly Mark[],
  interval: CandleInterval,
  colours: ChartColours,
): SeriesMarker<UTCTimestamp>[] {
  const colour = {
    'long-entry': colours.accent,
    'short-entry': colours.accent,
    gain: colours.gain,
    loss: colours.loss,
  }
  const groups = new Map<string, { time: UTCTimestamp; kind: MarkKind; bought: boolean; count: number }>()
  for (const { kind, bought, at } of marks) {
    const time = barTime(at, interval)
    const key = `${time} ${kind} ${bought}`
    const group = groups.get(key)
    if (group) group.count += 1
    else groups.set(key, { time, kind, bought, count: 1 })
  }
  return [...groups.values()]
    .sort((a, b) => a.time - b.time)
    .map(({ time, kind, bought, count }) => ({
      time,
      position: bought ? 'belowBar' : 'aboveBar',
      shape: shapes[kind],
      color: colour[kind],
      size: kind === 'gain' || kind === 'loss' ? 0.6 : 0.8,
      ...(count > 1 ? { text: String(count) } : {}),
    }))
}
