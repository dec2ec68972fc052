import type { TickEvent } from '@stratdesk/contracts/events'
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
  #runs: readonly ShownRun[] = []

  constructor(scope: BrokerScope, onError: (error: unknown) => void) {
    this.#scope = scope
    this.#coalescer = coalesce(intervalMs, () => this.#send(), onError)
  }

  /** Takes the state that has just been committed; the newest is what will be sent, with the newest of `quotes`. */
  show(quotes: ReadonlyMap<number, LiveQuote>, runs: Iterable<ShownRun>): void {
    this.#quotes = quotes
    // What the actor goes on to change it replaces, so these stay as they are.
    this.#runs = Array.from(runs, ({ id, lots, totals }) => ({ id, lots, totals }))
    this.#coalescer.poke()
  }

  stop(): Promise<void> {
    return this.#coalescer.stop()
  }

  async #send(): Promise<void> {
    const payloads = tickPayloads(eventOf(this.#quotes, this.#runs))
    await Promise.all(payloads.map((payload) => this.#scope.notify('account_ticks', payload)))
  }
}

type ShownRun = Pick<ActiveRun, 'id' | 'lots' | 'totals'>

function eventOf(quotes: ReadonlyMap<number, LiveQuote>, runs: readonly ShownRun[]): TickEvent {
  return {
    at: new Date().toISOString(),
    prices: [...quotes.values()].map(({ instrument, instrumentToken, lastPrice, timeMs }) => ({
      instrument,
      instrumentToken,
      lastPrice,
      marketTime: new Date(timeMs).toISOString(),
    })),
    runs: runs.map((run) => ({
      runId: run.id,
      openQuantity: openQuantity(run.lots),
      pnl: pnlOf(run, (token) => quotes.get(token)),
    })),
  }
}
