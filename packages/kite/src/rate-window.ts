/** At most `count` calls in any stretch of `perMs` milliseconds. */
export interface RateLimit {
  readonly count: number
  readonly perMs: number
}

/**
 * Remembers the last `count` grants, so that no stretch of `perMs` holds more than `count`. A bucket refilled
 * drop by drop would let nearly twice as many through a second that begins with it full, and the broker refuses those.
 */
export class RateWindow {
  readonly #grants: Float64Array
  readonly #perMs: number
  #next = 0

  constructor(limit: RateLimit) {
    if (!(Number.isInteger(limit.count) && limit.count > 0 && limit.perMs > 0)) {
      throw new RangeError('A rate limit needs a positive whole count and a positive time')
    }
    this.#grants = new Float64Array(limit.count).fill(Number.NEGATIVE_INFINITY)
    this.#perMs = limit.perMs
  }

  /** The moment, on the clock `take` is given, from which one more call fits. */
  get freeAtMs(): number {
    return (this.#grants[this.#next] ?? 0) + this.#perMs
  }

  /** Counts one call at `nowMs`; ask `freeAtMs` first. */
  take(nowMs: number): void {
    this.#grants[this.#next] = nowMs
    this.#next = (this.#next + 1) % this.#grants.length
  }
}
