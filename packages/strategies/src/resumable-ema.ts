import { EMA } from 'trading-signals'

/** What an exponential moving average is made of: its value and how many inputs it has seen, up to its length. */
export interface EmaState {
  readonly count: number
  readonly result: number | null
}

/**
 * The library's EMA, whose state can be saved and taken up again to the last bit. Feeding the saved value back in would
 * round (`p·w + p·(1−w)` is not always `p`), and a re-fed history is inexact however long, since an EMA forgets nothing.
 */
export class ResumableEma extends EMA {
  #count = 0

  override update(price: number, replace: boolean): number {
    if (!replace) this.#count = Math.min(this.#count + 1, this.interval)
    return super.update(price, replace)
  }

  /** The state as JSON; numbers survive JSON and jsonb exactly. */
  save(): EmaState {
    // Not getResult(): that one hides the value until the average has seen its whole length.
    return { count: this.#count, result: this.result ?? null }
  }

  /** Continues exactly from a saved state; call it on a fresh instance. */
  resume(state: EmaState): void {
    // The inputs themselves do not matter: they only bring the library's own counter to where it was.
    for (let index = 0; index < state.count; index++) this.add(0)
    this.result = state.result ?? undefined
  }
}
