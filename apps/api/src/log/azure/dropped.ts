import type { Tell } from './outage.ts'

/** Lines that were lost: how many there are, said at once and then once a minute at most. */
export class Dropped {
  readonly #tell: Tell
  readonly #now: () => number
  #lines = 0
  #toTell = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(tell: Tell, now: () => number) {
    this.#tell = tell
    this.#now = now
  }

  /** How many were counted here. */
  get lines(): number {
    return this.#lines
  }

  /** Counts lines, and has them told of. */
  add(lines: number): void {
    this.#lines += lines
    this.#toTell += lines
  }

  /** Has lines told of that somebody else has counted. */
  addCounted(lines: number): void {
    this.#toTell += lines
  }

  /** Says what was not said yet; when it `isLast`, whenever it was that something was said. */
  say(isLast = false): void {
    if (this.#toTell === 0 || (!isLast && this.#now() - this.#toldAt < 60_000)) return
    this.#tell('warn', { dropped: this.#toTell }, 'log lines were dropped: no room for them, or refused')
    this.#toTell = 0
    this.#toldAt = this.#now()
  }
}
