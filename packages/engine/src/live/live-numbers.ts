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
  #event: TickEvent | undefined

  constructor(scope: BrokerScope, onError: (error: unknown) => void) {
    this.#scope = scope
    this.#coalescer = coalesce(intervalMs, () => this.#send(), onError)
  }

  /** Takes the state that has just been committed; the newest is what will be sent. */
  show(quotes: ReadonlyMap<number, LiveQuote>, runs: readonly ActiveRun[]): void {
    this.#event = eventOf(quotes, runs)
    this.#coalescer.poke()
  }

  stop(): Promise<void> {
    return this.#coalescer.stop()
  }

  async #send(): Promise<void> {
    if (this.#event === undefined) return
    for (const payload of tickPayloads(this.#event)) await this.#scope.notify('account_ticks', payload)
  }
}

function eventOf(quotes: ReadonlyMap<number, LiveQuote>, runs: readonly ActiveRun[]): TickEvent {
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
