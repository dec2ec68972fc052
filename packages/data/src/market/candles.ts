import type { Runner } from '../tenant/session.ts'
import { storedCandlesSql, widerCandlesSql } from './statements.ts'

export interface CandleRange {
  readonly instrumentToken: number
  readonly interval: '5s' | '1m' | '5m' | '15m' | '1h'
  /** From the beginning when absent. */
  readonly from?: Date | undefined
  /** Until now, exclusive, when absent. */
  readonly to?: Date | undefined
  readonly limit: number
}

export interface CandleRow {
  readonly time: Date
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
}

const widths = { '5m': '5 minutes', '15m': '15 minutes', '1h': '1 hour' } as const

/** Candles of a range, oldest first, the newest `limit` of them. Hours begin on the IST clock. */
export async function candles(runner: Runner, range: CandleRange): Promise<CandleRow[]> {
  const { instrumentToken, interval, limit } = range
  const isStored = interval === '5s' || interval === '1m'
  const text = isStored ? storedCandlesSql : widerCandlesSql
  const width = isStored ? interval : widths[interval]
  const values = [instrumentToken, width, range.from ?? '-infinity', range.to ?? 'infinity', limit]
  const { rows } = await runner.run(text, values)
  // The statement names exactly these columns.
  return rows as unknown as CandleRow[]
}
