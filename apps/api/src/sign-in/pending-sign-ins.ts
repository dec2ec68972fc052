import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The keys a broker login was started with. */
export interface BrokerKeys {
  readonly apiKey: string
  readonly apiSecret: string
}

interface Pending {
  readonly keys: BrokerKeys
  readonly browser: Buffer
  readonly expiresAt: number
}

/** How long a broker login may take. */
export const signInMs = 10 * 60_000

const tokenShape = /^[A-Za-z0-9_-]{43}$/

/**
 * Broker logins under way: state → keys, each bound to the browser that began it by a secret that only its cookie
 * holds. Kept in memory for ten minutes, at most `max`; beyond that the oldest are forgotten.
 */
export class PendingSignIns {
  readonly #pending = new Map<string, Pending>()
  readonly #max: number
  readonly #now: () => number

  constructor(now: () => number = Date.now, max = 10_000) {
    this.#now = now
    this.#max = max
  }

  /** Begins a login; `browser` is the cookie of an earlier one in this browser, which is kept when it is well formed. */
  begin(keys: BrokerKeys, browser: string | undefined): { state: string; browser: string } {
    const state = randomBytes(32).toString('base64url')
    const secret = browser && tokenShape.test(browser) ? browser : randomBytes(32).toString('base64url')
    this.#sweep()
    const expiresAt = this.#now() + signInMs
    this.#pending.set(digest(state).toString('base64url'), { keys, browser: digest(secret), expiresAt })
    return { state, browser: secret }
  }

  /** The keys of a login, once: undefined for a state that is unknown, late, used before or of another browser. */
  take(state: string | undefined, browser: string | undefined): BrokerKeys | undefined {
    if (state === undefined || browser === undefined) return undefined
    const key = digest(state).toString('base64url')
    const pending = this.#pending.get(key)
    if (pending === undefined || !timingSafeEqual(pending.browser, digest(browser))) return undefined
    this.#pending.delete(key)
    return pending.expiresAt > this.#now() ? pending.keys : undefined
  }

  #sweep(): void {
    for (const [key, pending] of this.#pending) {
      if (pending.expiresAt > this.#now() && this.#pending.size < this.#max) break
      this.#pending.delete(key)
    }
  }
}

function digest(text: string): Buffer {
  return Buffer.from(hash('sha256', text, 'hex'), 'hex')
}
