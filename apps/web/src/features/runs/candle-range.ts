import type { CandleInterval } from '@stratdesk/contracts/candles'
import type { Run } from '@stratdesk/contracts/runs'
import { barSeconds } from '../../charts/ist-time.ts'

/** Bars shown before a run began and after it ended, so that its first entry and last exit stand in a context. */
const marginBars = 60

/**
 * The stretch of prices a run's chart asks for. Cut to whole bars, and open towards now while the run is active, so
 * that the request stays the same while time passes.
 */
export function candleRange(
  run: Pick<Run, 'createdAt' | 'startedAt' | 'stoppedAt'>,
  interval: CandleInterval,
): { from: string; to?: string } {
  const bar = barSeconds(interval) * 1000
  const margin = marginBars * bar
  const atBar = (instant: string, offset: number) =>
    new Date(Math.floor(Date.parse(instant) / bar) * bar + offset).toISOString()
  const from = atBar(run.startedAt ?? run.createdAt, -margin)
  return run.stoppedAt === null ? { from } : { from, to: atBar(run.stoppedAt, margin) }
}
