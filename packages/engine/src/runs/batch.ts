import type { RoundTrip } from '../ledger/match-fill.ts'
import type { LiveQuote } from '../market/quote.ts'
import type { ActiveRun } from './active-run.ts'

/** An order that was decided on; `refusal` says why it was not placed, null when it was filled. */
export interface DecidedOrder {
  readonly run: ActiveRun
  readonly intentId: string
  readonly seq: number
  readonly instrumentToken: number
  readonly instrument: string
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly reason: string
  readonly marketTime: Date
  /** When the price it was decided on came, by our clock. */
  readonly receivedAtMs: number
  readonly refusal: string | null
}

/** What became of an order: filled whole, in one execution. */
export interface FilledOrder extends DecidedOrder {
  readonly orderId: string
  readonly fillId: string
  readonly price: string
  readonly charges: string
}

export interface LogLine {
  readonly runId: string
  readonly marketTime: Date | null
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
}

/** A run that ends, or goes on to run or to stop. */
export interface StatusChange {
  readonly runId: string
  readonly status: 'running' | 'stopping' | 'stopped' | 'failed'
  /** What became of a run that ends; null for one that goes on. Who asked for the end is added to it. */
  readonly reason: string | null
}

/** All that the processing of some ticks came to, to be committed at once or not at all. */
export class Batch {
  readonly refused: DecidedOrder[] = []
  readonly filled: FilledOrder[] = []
  readonly trips: (RoundTrip & { readonly id: string; readonly run: ActiveRun })[] = []
  readonly logs: LogLine[] = []
  readonly statuses: StatusChange[] = []
  /** Runs whose checkpoint moved. */
  readonly moved = new Set<ActiveRun>()
  /** The new checkpoints, made from `moved` when all is processed. */
  checkpoints: readonly (readonly [run: ActiveRun, json: string])[] = []

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.moved.size === 0 && !this.hasDecisions
  }

  /** Whether somebody waits for it: orders, each of which has its log line, other log lines, and changed statuses. */
  get hasDecisions(): boolean {
    return this.logs.length > 0 || this.statuses.length > 0
  }

  /** Adds a line to a run's log; `quote` is what it was decided on. */
  log(run: { readonly id: string }, level: LogLine['level'], message: string, quote?: LiveQuote): void {
    const marketTime = quote ? new Date(quote.timeMs) : null
    this.logs.push({ runId: run.id, marketTime, level, message })
  }
}
