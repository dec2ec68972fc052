import type { CandleInterval } from '@stratdesk/contracts/candles'
import type { Run } from '@stratdesk/contracts/runs'
import type { Trade } from '@stratdesk/contracts/trades'
import { barSeconds } from '../../charts/ist-time.ts'

/** Bars shown before a run began and after it ended, so that its first entry and last exit stand in a context. */
const marginBars = 60

type RunTimes = Pick<Run, 'createdAt' | 'startedAt' | 'stoppedAt'>
type TradeTimes = Pick<Trade, 'entryAt' | 'exitAt'>

/**
 * The stretch of prices a run's chart asks for: from its start to its end, wider where its trades are, because prices
 * and trades carry the exchange's time, which a simulated exchange may run faster or elsewhere than the server's clock.
 * Cut to whole bars, and open towards now while the run is active, so that the request stays the same as time passes.
 */
export function candleRange(
  run: RunTimes,
  trades: readonly TradeTimes[],
  interval: CandleInterval,
): { from: string; to?: string } {
  const bar = barSeconds(interval) * 1000
  const atBar = (ms: number, margin: number) => new Date((Math.floor(ms / bar) + margin) * bar).toISOString()
  const entries = trades.map((trade) => Date.parse(trade.entryAt))
  const from = atBar(Math.min(Date.parse(run.startedAt ?? run.createdAt), ...entries), -marginBars)
  if (run.stoppedAt === null) return { from }
  const exits = trades.map((trade) => Date.parse(trade.exitAt))
  return { from, to: atBar(Math.max(Date.parse(run.stoppedAt), ...exits), marginBars) }
}
