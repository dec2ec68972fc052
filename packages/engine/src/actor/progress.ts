import type { LiveQuote } from '../market/quote.ts'
import type { Batch } from '../runs/batch.ts'
import { QuoteQueue } from './quote-queue.ts'
import { Unwritten } from './unwritten.ts'

const quotesPerBatch = 500

/** How far an actor is: the quotes that have come, what the processed ones came to, and what of that is written. */
export class Progress {
  readonly queue = new QuoteQueue()
  #quotes = new Map<number, LiveQuote>()
  #writtenQuotes = new Map<number, LiveQuote>()
  #unwritten = new Unwritten(0)

  /** The last processed quote of each instrument. */
  get quotes(): Map<number, LiveQuote> {
    return this.#quotes
  }

  /** What is processed and not written. */
  get unwritten(): Unwritten {
    return this.#unwritten
  }

  /** Where what is processed adds to. */
  get batch(): Batch {
    return this.#unwritten.batch
  }

  /** The next quotes to process; after an error they come again, from the moment they are taken. */
  take(): readonly LiveQuote[] {
    const quotes = this.queue.take(quotesPerBatch)
    this.#unwritten.quotes.push(...quotes)
    return quotes
  }

  /** So many of the quotes taken last were not processed after all. */
  putBack(count: number): void {
    const { quotes } = this.#unwritten
    this.queue.putBack(quotes.splice(quotes.length - count))
  }

  /** Has it said in the batch how many prices were skipped, until a batch that says so is written. */
  tellDropped(tell: (count: number) => void): void {
    const { dropped } = this.queue
    this.#unwritten.droppedTold = dropped
    if (dropped > 0) tell(dropped)
  }

  /** All is written; what comes now may wait until `dueAtMs`, epoch milliseconds. */
  keep(dueAtMs: number): void {
    this.queue.forgetDropped(this.#unwritten.droppedTold)
    this.#unwritten = new Unwritten(dueAtMs)
    this.#writtenQuotes = new Map(this.#quotes)
  }

  /** Back to what was written; the quotes behind it come again. */
  goBack(): void {
    this.#quotes = new Map(this.#writtenQuotes)
    this.queue.putBack(this.#unwritten.quotes)
    this.#unwritten = new Unwritten(0)
  }
}
