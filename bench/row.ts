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

/** What to reach: a throughput or a score at least, a latency or a size at most. */
export type Mark = { readonly atLeast: number } | { readonly atMost: number }

interface Line {
  readonly name: string
  readonly work: string
  /** What keeps the figure from being better, as far as it is known; a sentence or two of docs/benchmarks.md. */
  readonly limitedBy: string
  readonly mark: Mark
}

/** One comparison of docs/benchmarks.md; its mark is of the ratio, ours to the peer's. */
export interface Row extends Line {
  readonly against: string
  readonly unit: string
  /** Checks first that both sides give the same answers, then measures. */
  run(context: RowContext): Promise<PairResult>
}

/** One figure of docs/benchmarks.md without a peer. */
export interface Limit extends Line {
  readonly unit: 'ms' | 'bytes' | 'KiB' | 'MiB' | '%' | 'points'
  /** Which part of the values must be within the mark; the median (0.5) when absent. */
  readonly quantile?: number
  run(pace: Pace): Promise<readonly number[]>
}

export type Measure = Row | Limit

/** Whether a value is within its mark; with a `share` below 1, whether it is within so much of it. */
export function reaches(mark: Mark, value: number, share = 1): boolean {
  return 'atLeast' in mark ? value >= mark.atLeast * share : value <= mark.atMost / share
}
