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

/** One line of the table of comparisons in docs/benchmarks.md. */
export interface Row {
  readonly number: number
  readonly work: string
  readonly against: string
  readonly unit: string
  /** The ratio to reach. */
  readonly reach: number
  /** Checks first that both sides give the same answers, then measures. */
  run(context: RowContext): Promise<PairResult>
}

/** One line of the table of limits: something that must not take longer. */
export interface Limit {
  readonly name: string
  readonly work: string
  readonly unit: 'ms'
  /** What the measure must stay below. */
  readonly reach: number
  /** Which part of the values must be below it; the median (0.5) when absent. */
  readonly quantile?: number
  run(pace: Pace): Promise<readonly number[]>
}
