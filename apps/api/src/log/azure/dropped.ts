import type { Tell } from './outage.ts'
import type { Tally } from './tally.ts'

interface DroppedOptions {
  readonly tell: Tell
  readonly now: () => number
  readonly tally: Tally
}

/** Lines that were lost: they are counted, and said at once and then once a minute at most. */
export class Dropped {
  readonly #options: DroppedOptions
  #toTell = 0
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(options: DroppedOptions) {
    this.#options = options
  }

  /** Counts lines, and has them told of. */
  add(lines: number): void {
    this.#options.tally.add('dropped', lines)
    this.#toTell += lines
  }

  /** Has lines told of that somebody else has counted. */
  addCounted(lines: number): void {
    this.#toTell += lines
  }

  /** Says what was not said yet; when it `isLast`, whenever it was that something was said. */
  say(isLast = false): void {
    const { tell, now } = this.#options
    if (this.#toTell === 0 || (!isLast && now() - this.#toldAt < 60_000)) return
    tell('warn', { dropped: this.#toTell }, 'log lines were dropped: no room for them, or refused')
    this.#toTell = 0
    this.#toldAt = now()
  }
}
