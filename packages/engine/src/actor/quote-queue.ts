import type { LiveQuote } from '../market/quote.ts'

const quotesMax = 10_000

/** Quotes waiting to be processed, bounded: when an actor cannot keep up, the oldest go, and `dropped` tells. */
export class QuoteQueue {
  #quotes: LiveQuote[] = []
  #dropped = 0

  get length(): number {
    return this.#quotes.length
  }

  add(quotes: readonly LiveQuote[]): void {
    this.#quotes.push(...quotes)
    const surplus = this.#quotes.length - quotesMax
    if (surplus <= 0) return
    this.#quotes.splice(0, surplus)
    this.#dropped += surplus
  }

  /** The next quotes in order, at most `most`. */
  take(most: number): LiveQuote[] {
    return this.#quotes.splice(0, most)
  }

  /** Puts quotes back in front, to be processed again; those that were committed will be known and ignored. */
  putBack(quotes: readonly LiveQuote[]): void {
    this.#quotes = [...quotes, ...this.#quotes]
  }

  /** How many were dropped and not told yet. */
  get dropped(): number {
    return this.#dropped
  }

  /** That many were told. */
  forgetDropped(count: number): void {
    this.#dropped -= count
  }
}
