import type { PairResult } from './pairs.ts'

/** How long and how often to measure. */
export interface Pace {
  readonly rounds: number
  readonly seconds: number
}

/** What every row is given: a migrated database of its own and the pace. */
export interface RowContext extends Pace {
  readonly databaseUrl: string
}

/** The ratio to reach, ours to the peer's: of a throughput at least, of a latency at most. */
export type Mark = { readonly atLeast: number } | { readonly atMost: number }

/** One line of the table of comparisons in docs/benchmarks.md. */
export interface Row {
  readonly name: string
  readonly work: string
  readonly against: string
  readonly unit: string
  readonly mark: Mark
  /** Takes many minutes: `--quick` leaves it out unless it is named. */
  readonly isLong?: boolean
  /** Checks first that both sides give the same answers, then measures. */
  run(context: RowContext): Promise<PairResult>
}

/** One line of the table of limits: something that must not take more. */
export interface Limit {
  readonly name: string
  readonly work: string
  readonly unit: 'ms' | 'bytes' | 'KiB' | 'MiB'
  /** What the measure must stay below. */
  readonly reach: number
  /** Which part of the values must be below it; the median (0.5) when absent. */
  readonly quantile?: number
  /** Takes minutes: `--quick` leaves it out unless it is named. */
  readonly isLong?: boolean
  run(pace: Pace): Promise<readonly number[]>
}
