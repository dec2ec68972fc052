import type { PairResult } from './pairs.ts'

/** What every row is given: a migrated database of its own and how long to measure. */
export interface RowContext {
  readonly databaseUrl: string
  readonly rounds: number
  readonly seconds: number
}

/** One line of the table in docs/benchmarks.md. */
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
