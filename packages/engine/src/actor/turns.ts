/** How many accounts of a process write at the same time what nobody waits for: while one waits for the disk, another works. */
const atOnce = 2

/** One account's place among those that write what nobody waits for. */
export interface Turn {
  /** Whether it may write now; if not, it is rung when it may. */
  take(): boolean
  /** Lets the next one write, whether this one had its turn, waited for it, or neither. */
  leave(): void
}

/**
 * Lets few accounts at a time write checkpoints of prices that decided nothing. One price may make those of all accounts due,
 * and an order that it leads to must not wait until Postgres is done with all of them.
 */
export class Turns {
  /** Those who may write, and those who wait, each with its bell. */
  readonly #writing = new Set<Turn>()
  readonly #waiting = new Map<Turn, () => void>()

  /** The place of one more account; `ring` is called when its turn has come. */
  of(ring: () => void): Turn {
    const turn: Turn = {
      take: () => {
        if (this.#writing.has(turn)) return true
        if (this.#writing.size < atOnce) this.#writing.add(turn)
        else this.#waiting.set(turn, ring)
        return this.#writing.has(turn)
      },
      leave: () => {
        this.#waiting.delete(turn)
        if (this.#writing.delete(turn)) this.#callNext()
      },
    }
    return turn
  }

  #callNext(): void {
    const [next] = this.#waiting
    if (next === undefined) return
    const [turn, ring] = next
    this.#waiting.delete(turn)
    this.#writing.add(turn)
    ring()
  }
}
