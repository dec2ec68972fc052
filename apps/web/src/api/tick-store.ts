import type { TickEvent } from '@stratdesk/contracts/events'
import type { Pnl } from '@stratdesk/contracts/values'

/** The last price of an instrument with when this page first received it (epoch ms, this device's clock). */
export interface LivePrice {
  readonly lastPrice: string
  readonly marketTime: string
  readonly receivedAt: number
}

/** The live result of a run; `receivedAt` is as old as the oldest price the result rests on. */
export interface LiveRun {
  readonly openQuantity: number
  readonly pnl: Pnl
  readonly receivedAt: number
}

/** The most keys kept of each kind; the longest untouched goes first. */
const keysMax = 1000

/** Live numbers outside React: a tick re-renders only the components that read one of its instruments or runs. */
export class TickStore {
  readonly #prices = new Map<string, LivePrice>()
  readonly #runs = new Map<string, LiveRun>()
  readonly #listeners = new Map<string, Set<() => void>>()

  price(instrument: string): LivePrice | undefined {
    return this.#prices.get(instrument)
  }

  run(runId: string): LiveRun | undefined {
    return this.#runs.get(runId)
  }

  /**
   * Takes in one tick event and wakes exactly the readers of what it changes. Every event carries all that is known,
   * so a price that has not moved keeps the time it first came: a halted instrument grows old.
   */
  apply(tick: TickEvent, receivedAt: number): void {
    for (const { instrument, lastPrice, marketTime } of tick.prices) {
      const known = this.#prices.get(instrument)
      const isSame = known?.lastPrice === lastPrice && known.marketTime === marketTime
      put(this.#prices, instrument, isSame ? known : { lastPrice, marketTime, receivedAt })
      if (!isSame) this.#wake(`price ${instrument}`)
    }
    for (const { runId, openQuantity, pnl } of tick.runs) {
      put(this.#runs, runId, { openQuantity, pnl, receivedAt: receivedAt - pricesAge(tick.at, pnl.asOf) })
      this.#wake(`run ${runId}`)
    }
  }

  /** Forgets a run's live numbers: it has ended and its stored result is the truth. */
  forgetRun(runId: string): void {
    if (this.#runs.delete(runId)) this.#wake(`run ${runId}`)
  }

  /** Forgets everything, as on sign-out. */
  clear(): void {
    this.#prices.clear()
    this.#runs.clear()
    for (const key of this.#listeners.keys()) this.#wake(key)
  }

  subscribePrice(instrument: string, listener: () => void): () => void {
    return this.#subscribe(`price ${instrument}`, listener)
  }

  subscribeRun(runId: string, listener: () => void): () => void {
    return this.#subscribe(`run ${runId}`, listener)
  }

  #subscribe(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(key) === listeners) this.#listeners.delete(key)
    }
  }

  #wake(key: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener()
  }
}

/** How old the oldest price of a result was when the server sent it, by the server's own clock. */
function pricesAge(at: string, asOf: string | null): number {
  return asOf === null ? 0 : Math.max(0, Date.parse(at) - Date.parse(asOf))
}

function put<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.size > keysMax ? map.keys().next().value : undefined
  if (oldest !== undefined) map.delete(oldest)
}
