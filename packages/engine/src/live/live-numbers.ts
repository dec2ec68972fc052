import type { BrokerScope } from '@stratdesk/data/scope'
import { openQuantity } from '../ledger/match-fill.ts'
import type { LiveQuote } from '../market/quote.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { coalesce, type Coalescer } from './coalesce.ts'
import { pnlOf } from './pnl.ts'
import { tickPayloads } from './tick-events.ts'

const intervalMs = 150

/** Tells the account's devices its prices and P&L as they move: at once, then at most every 150 ms. */
export class LiveNumbers {
  readonly #scope: BrokerScope
  readonly #coalescer: Coalescer
  #quotes: ReadonlyMap<number, LiveQuote> = new Map()
  #runs: readonly ActiveRun[] = []

  constructor(scope: BrokerScope, onError: (error: unknown) => void) {
    this.#scope = scope
    this.#coalescer = coalesce(intervalMs, () => this.#send(), onError)
  }

  /** Takes the newest state, which is what will be sent. Runs must have been committed as they are. */
  show(quotes: ReadonlyMap<number, LiveQuote>, runs: readonly ActiveRun[]): void {
    this.#quotes = quotes
    this.#runs = runs
    this.#coalescer.poke()
  }

  stop(): Promise<void> {
    return this.#coalescer.stop()
  }

  async #send(): Promise<void> {
    const quoteOf = (token: number) => this.#quotes.get(token)
    const event = {
      at: new Date().toISOString(),
      prices: [...this.#quotes.values()].map(({ instrument, instrumentToken, lastPrice, timeMs }) => ({
        instrument,
        instrumentToken,
        lastPrice,
        marketTime: new Date(timeMs).toISOString(),
      })),
      runs: this.#runs.map((run) => ({
        runId: run.id,
        openQuantity: openQuantity(run.lots),
        pnl: pnlOf(run, quoteOf),
      })),
    }
    for (const payload of tickPayloads(event)) await this.#scope.notify('account_ticks', payload)
  }
}
