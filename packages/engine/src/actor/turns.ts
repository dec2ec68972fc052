/** How many accounts of a process write at the same time what nobody waits for: while one waits for the disk, another works. */
const atOnce = 2

/** One account's place among those that write what nobody waits for. */
export interface Turn {
  /** Whether it may write now; if not, it waits, and is rung when it may. */
  take(): boolean
  /** Milliseconds after which it may write though its turn has not come; none when it does not wait. */
  readonly leftMs: number
  /** Lets the next one write, whether this one had its turn, waited for it, or neither. */
  leave(): void
}

interface Waiting {
  readonly ring: () => void
  readonly untilMs: number
}

/**
 * Lets few accounts at a time write checkpoints of prices that decided nothing. One price may make those of all accounts due,
 * and an order that it leads to must not wait until Postgres is done with all of them.
 */
export class Turns {
  readonly #patienceMs: number
  readonly #writing = new Set<Turn>()
  readonly #waiting = new Map<Turn, Waiting>()

  /** Nobody waits for longer than `patienceMs`, when those who write have met trouble. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /** The place of one more account; `ring` is called when its turn has come. */
  of(ring: () => void): Turn {
    const leftMs = () => Math.max(0, (this.#waiting.get(turn)?.untilMs ?? 0) - Date.now())
    const turn: Turn = {
      take: () => {
        if (this.#writing.has(turn)) return true
        if (this.#writing.size < atOnce) {
          this.#waiting.delete(turn)
          this.#writing.add(turn)
          return true
        }
        if (!this.#waiting.has(turn)) {
          this.#waiting.set(turn, { ring, untilMs: Date.now() + this.#patienceMs })
          return false
        }
        return leftMs() === 0
      },
      get leftMs() {
        return leftMs()
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
    const [turn, { ring }] = next
    this.#waiting.delete(turn)
    this.#writing.add(turn)
    ring()
  }
}
