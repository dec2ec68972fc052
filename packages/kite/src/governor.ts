import { KiteError } from './kite-error.ts'
import { RateWindow, type RateLimit } from './rate-window.ts'
import { istDay } from './time.ts'

/** Kinds of call with limits of their own. Changing or cancelling an order shares only the per-second limit of placing. */
export type Lane = 'orderChanges' | 'orders' | 'others' | 'quote' | 'historical'

/** What to do with a call over the limit: let it wait its turn, or refuse it at once. */
export type OverLimit = 'wait' | 'refuse'

/** Time for the governor; the real one unless a test brings its own. */
export interface GovernorClock {
  /** Milliseconds that never go back. */
  readonly monotonicMs: () => number
  readonly now: () => Date
  /** Calls `run` once after `delayMs`; the returned function calls it off. */
  readonly after: (delayMs: number, run: () => void) => () => void
}

/** Limits of one account; the defaults are Kite's (https://kite.trade/docs/connect/v3/exceptions/#api-rate-limit). */
export interface GovernorOptions {
  readonly quote?: RateLimit
  readonly historical?: RateLimit
  readonly others?: RateLimit
  readonly ordersASecond?: RateLimit
  readonly ordersAMinute?: RateLimit
  readonly ordersADay?: number
  /** Orders this account has already placed today, by this program or another. */
  readonly ordersToday?: number
  /** Longest line of waiting calls per lane; more are refused. */
  readonly queueMax?: number
  /** Longest wait of a call; one that would wait longer is refused. */
  readonly waitMaxMs?: number
  /** What happens to order calls over the limit. Default: wait. */
  readonly ordersOverLimit?: OverLimit
  readonly clock?: GovernorClock
}

/** The one gate for all calls of one account. */
export interface Governor {
  /** Resolves when one call of this kind may be sent; rejects with a KiteError 'LocalLimitException' when it may not. */
  acquire(lane: Lane, options?: { overLimit?: OverLimit; signal?: AbortSignal }): Promise<void>
  /** Calls waiting now, over all lanes. */
  readonly waiting: number
  /** Orders counted since midnight in India. */
  readonly ordersToday: number
  /** Refuses all who wait and all who come. */
  close(): void
}

interface Waiter {
  readonly deadlineMs: number
  readonly grant: () => void
  readonly refuse: (reason: string) => void
}

interface Line {
  readonly windows: readonly RateWindow[]
  readonly overLimit: OverLimit
  readonly countsForDay: boolean
  waiters: Waiter[]
}

const second = 1_000
const realClock: GovernorClock = {
  monotonicMs: () => performance.now(),
  now: () => new Date(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/**
 * A rate governor for one account. Calls of one kind leave in the order they came; protective calls (cancel, modify)
 * go before new orders. Memory is bounded by `queueMax` and by the limits themselves.
 */
export function createGovernor(options: GovernorOptions = {}): Governor {
  return new AccountGovernor(options)
}

class AccountGovernor implements Governor {
  readonly #clock: GovernorClock
  readonly #queueMax: number
  readonly #waitMaxMs: number
  readonly #dayMax: number
  readonly #lines: Readonly<Record<Lane, Line>>
  #day: string
  #dayCount: number
  #callOff: (() => void) | undefined
  #isClosed = false

  constructor(options: GovernorOptions) {
    this.#clock = options.clock ?? realClock
    this.#queueMax = options.queueMax ?? 200
    this.#waitMaxMs = options.waitMaxMs ?? 30 * second
    this.#dayMax = options.ordersADay ?? 3_000
    this.#day = istDay(this.#clock.now())
    this.#dayCount = options.ordersToday ?? 0
    this.#lines = linesOf(options)
  }

  get waiting(): number {
    return Object.values(this.#lines).reduce((sum, line) => sum + line.waiters.length, 0)
  }

  get ordersToday(): number {
    const today = istDay(this.#clock.now())
    if (today !== this.#day) {
      this.#day = today
      this.#dayCount = 0
    }
    return this.#dayCount
  }

  acquire(lane: Lane, options: { overLimit?: OverLimit; signal?: AbortSignal } = {}): Promise<void> {
    const line = this.#lines[lane]
    const nowMs = this.#clock.monotonicMs()
    if (this.#isClosed) return refusal('the governor is closed')
    if (options.signal?.aborted) return refusal('the caller gave up')
    if (this.#isDaySpent(line)) return refusal(`${this.#dayMax} orders were placed today`)
    const freeAtMs = freeAt(line)
    if (line.waiters.length === 0 && freeAtMs <= nowMs) {
      this.#count(line, nowMs)
      return Promise.resolve()
    }
    if ((options.overLimit ?? line.overLimit) === 'refuse') return refusal(`too many ${lane} calls at once`)
    if (line.waiters.length >= this.#queueMax)
      return refusal(`${this.#queueMax} ${lane} calls are waiting already`)
    if (freeAtMs - nowMs > this.#waitMaxMs)
      return refusal(`no ${lane} call fits in the next ${this.#waitMaxMs} ms`)
    return this.#wait(line, nowMs + this.#waitMaxMs, options.signal)
  }

  close(): void {
    this.#isClosed = true
    this.#callOff?.()
    for (const line of Object.values(this.#lines)) {
      for (const waiter of line.waiters.splice(0)) waiter.refuse('the governor is closed')
    }
  }

  #wait(line: Line, deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        line.waiters = line.waiters.filter((other) => other !== waiter)
        reject(held('the caller gave up'))
      }
      const waiter: Waiter = {
        deadlineMs,
        grant: () => {
          signal?.removeEventListener('abort', leave)
          resolve()
        },
        refuse: (reason) => {
          signal?.removeEventListener('abort', leave)
          reject(held(reason))
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      line.waiters.push(waiter)
      this.#plan()
    })
  }

  /** Lets go of everyone whose turn or deadline has come, then sleeps until the next. */
  #pump(): void {
    const nowMs = this.#clock.monotonicMs()
    for (const line of Object.values(this.#lines)) {
      for (let head = line.waiters[0]; head !== undefined; head = line.waiters[0]) {
        const isDue = freeAt(line) <= nowMs
        if (!isDue && head.deadlineMs > nowMs) break
        line.waiters.shift()
        if (!isDue) head.refuse(`it waited ${this.#waitMaxMs} ms`)
        else if (this.#isDaySpent(line)) head.refuse(`${this.#dayMax} orders were placed today`)
        else {
          this.#count(line, nowMs)
          head.grant()
        }
      }
    }
    this.#plan()
  }

  #plan(): void {
    this.#callOff?.()
    this.#callOff = undefined
    let wakeAtMs = Number.POSITIVE_INFINITY
    for (const line of Object.values(this.#lines)) {
      const head = line.waiters[0]
      if (head) wakeAtMs = Math.min(wakeAtMs, head.deadlineMs, freeAt(line))
    }
    if (wakeAtMs === Number.POSITIVE_INFINITY) return
    const delayMs = Math.max(0, Math.ceil(wakeAtMs - this.#clock.monotonicMs()))
    this.#callOff = this.#clock.after(delayMs, () => this.#pump())
  }

  #isDaySpent(line: Line): boolean {
    return line.countsForDay && this.ordersToday >= this.#dayMax
  }

  #count(line: Line, nowMs: number): void {
    for (const window of line.windows) window.take(nowMs)
    if (line.countsForDay) this.#dayCount = this.ordersToday + 1
  }
}

/** The lines in the order they are served: what protects the account goes first. */
function linesOf(options: GovernorOptions): Readonly<Record<Lane, Line>> {
  const orderSecond = new RateWindow(options.ordersASecond ?? { count: 10, perMs: second })
  const orderMinute = new RateWindow(options.ordersAMinute ?? { count: 200, perMs: 60 * second })
  const overLimit = options.ordersOverLimit ?? 'wait'
  const waiting = (limit: RateLimit): Line => {
    return { windows: [new RateWindow(limit)], overLimit: 'wait', countsForDay: false, waiters: [] }
  }
  return {
    orderChanges: { windows: [orderSecond], overLimit, countsForDay: false, waiters: [] },
    orders: { windows: [orderSecond, orderMinute], overLimit, countsForDay: true, waiters: [] },
    others: waiting(options.others ?? { count: 10, perMs: second }),
    quote: waiting(options.quote ?? { count: 1, perMs: second }),
    historical: waiting(options.historical ?? { count: 3, perMs: second }),
  }
}

function freeAt(line: Line): number {
  return Math.max(...line.windows.map((window) => window.freeAtMs))
}

function held(reason: string): KiteError {
  const message = `Held back by the rate governor: ${reason}`
  return new KiteError({ status: null, errorType: 'LocalLimitException', message, isDefinite: true })
}

function refusal(reason: string): Promise<never> {
  return Promise.reject(held(reason))
}
