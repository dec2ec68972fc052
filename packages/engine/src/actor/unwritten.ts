import type { LiveQuote } from '../market/quote.ts'
import { Batch } from '../runs/batch.ts'

/** Bounds what is processed again after an error, and the values of a statement. */
const quotesMax = 500

/** What an actor has processed and not written: the quotes, and all that they came to. */
export class Unwritten {
  readonly batch = new Batch()
  readonly quotes: LiveQuote[] = []
  /** How many skipped quotes the batch's log lines tell of. */
  droppedTold = 0
  readonly #dueAtMs: number

  /** Prices that decide nothing may wait until `dueAtMs`, epoch milliseconds. */
  constructor(dueAtMs: number) {
    this.#dueAtMs = dueAtMs
  }

  /** Whether there is nothing to write. */
  get isEmpty(): boolean {
    return this.batch.isEmpty && this.quotes.length === 0
  }

  /** Whether it is written at once: something was decided, or much has come together. */
  get isUrgent(): boolean {
    return this.batch.hasDecisions || this.quotes.length >= quotesMax
  }

  /** Milliseconds until it is due. */
  get dueInMs(): number {
    return this.batch.isEmpty ? Infinity : Math.max(0, this.#dueAtMs - Date.now())
  }
}
