import { hash, randomBytes } from 'node:crypto'
import type { PendingSignInTable } from '@stratdesk/data/pending-sign-ins'
import { UnknownKeyError, type Vault } from '@stratdesk/data/vault'
import { z } from 'zod'

const BrokerKeys = z.object({ apiKey: z.string(), apiSecret: z.string() })
/** The keys a broker login is started with. */
export type BrokerKeys = Readonly<z.infer<typeof BrokerKeys>>

const PendingLogin = z.object({
  keys: BrokerKeys,
  purpose: z.enum(['sign-in', 'step-up', 'renew']),
  /** The device that is signed in already and asks its broker to vouch for it again; absent for a sign-in. */
  expects: z.object({ brokerId: z.string(), deviceId: z.string() }).optional(),
  /** The place in the web app to come back to. */
  returnTo: z.string().optional(),
})
/** A broker login under way, and what it is for. */
export type PendingLogin = Readonly<z.infer<typeof PendingLogin>>

/** How long a broker login may take. */
export const signInMs = 10 * 60_000

const tokenShape = /^[A-Za-z0-9_-]{43}$/

/**
 * Broker logins under way, each bound to the browser that began it by a secret that only its cookie holds. Kept for
 * ten minutes in Postgres, sealed: a login that began on one process of the server ends on another, and after a
 * restart.
 */
export class PendingSignIns {
  readonly #table: PendingSignInTable
  readonly #vault: Vault
  readonly #now: () => number

  constructor(table: PendingSignInTable, vault: Vault, now: () => number = Date.now) {
    this.#table = table
    this.#vault = vault
    this.#now = now
  }

  /** Begins a login; `browser` is the cookie of an earlier one in this browser, which is kept when it is well formed. */
  async begin(
    login: PendingLogin,
    browser: string | undefined,
  ): Promise<{ readonly state: string; readonly browser: string }> {
    const state = newToken()
    const secret = browser && tokenShape.test(browser) ? browser : newToken()
    const now = this.#now()
    const stateDigest = digest(state)
    const row = {
      stateDigest,
      browserDigest: digest(secret),
      sealed: this.#vault.seal(stateDigest.toString('hex'), JSON.stringify(login), 'pending_sign_ins'),
      keyId: this.#vault.keyId,
      expiresAt: new Date(now + signInMs),
    }
    await this.#table.add(row, new Date(now))
    return { state, browser: secret }
  }

  /** The login of a state, once: undefined for one that is unknown, late, used before or of another browser. */
  async take(state: string | undefined, browser: string | undefined): Promise<PendingLogin | undefined> {
    if (state === undefined || browser === undefined) return undefined
    const stateDigest = digest(state)
    const row = await this.#table.take(stateDigest, digest(browser))
    if (row === undefined || row.expiresAt.getTime() <= this.#now()) return undefined
    try {
      const text = this.#vault.open(stateDigest.toString('hex'), row.sealed, row.keyId, 'pending_sign_ins')
      return PendingLogin.parse(JSON.parse(text))
    } catch (error) {
      // The server was started anew without the secret that it was sealed under.
      if (error instanceof UnknownKeyError) return undefined
      throw error
    }
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function digest(text: string): Buffer {
  return Buffer.from(hash('sha256', text, 'hex'), 'hex')
}
