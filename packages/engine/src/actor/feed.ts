import { loadConnection, markExpired } from '@stratdesk/data/connections'
import type { BrokerScope } from '@stratdesk/data/scope'
import { SealBrokenError, type Vault } from '@stratdesk/data/vault'
import { KiteError } from '@stratdesk/kite/kite-error'
import { createKiteClient } from '@stratdesk/kite/rest'
import type { Tick } from '@stratdesk/kite/tick'
import { createTicker, type Ticker, type TickerStatus } from '@stratdesk/kite/ticker'
import type { EngineLog } from '../log.ts'

export interface FeedOptions {
  readonly scope: BrokerScope
  readonly vault: Vault
  readonly kiteApiUrl: string
  readonly kiteTickerUrl: string
  readonly log: EngineLog
  readonly onTicks: (ticks: readonly Tick[]) => void
  /** The ticker is connected, anew or for the first time: prices before may have been missed. */
  readonly onOpen: () => void
  /** The connection has reached its end: look at it again. */
  readonly onExpired: () => void
}

/** What a connection is made with, to see whether it has changed. */
interface Key {
  readonly apiKey: string
  readonly accessToken: string
  readonly expiresAt: Date | null
}

/** Why there are no prices: in words for a log, a kind to know it again, and since when. */
export interface Trouble {
  readonly kind: 'expired' | 'disconnected' | 'interrupted'
  readonly reason: string
  readonly sinceMs: number
}

const refusedRetryMs = 5_000
/** The longest that a timer can wait. */
const timerMaxMs = 2_147_483_647
const expired = 'the broker connection has expired: sign in to the broker again'
const disconnected = 'the broker is disconnected: connect it again'

/** The account's one stream of prices, over the account's one broker connection. */
export class Feed {
  readonly #options: FeedOptions
  #wanted: ReadonlySet<number> = new Set()
  #ticker: Ticker | undefined
  #key: Key | undefined
  #trouble: Trouble | null = null
  #openedAtMs: number | null = null
  #retry: NodeJS.Timeout | undefined
  #expiry: NodeJS.Timeout | undefined
  #isOver = false

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Why there are no prices, and since when; null while they come, or are not wanted. */
  get trouble(): Trouble | null {
    return this.#wanted.size === 0 ? null : this.#trouble
  }

  /** Whether a price that arrived then is current: the stream has not been interrupted since. */
  isCurrent(receivedAtMs: number): boolean {
    return this.#openedAtMs !== null && receivedAtMs >= this.#openedAtMs
  }

  /** Streams these instruments and no others, over the connection as it is stored now. */
  async want(tokens: ReadonlySet<number>): Promise<void> {
    const before = this.#wanted
    this.#wanted = tokens
    if (tokens.size === 0) return this.#hangUp()
    const key = await this.#loadKey()
    if (this.#isOver) return
    if (key === undefined) return this.#hangUp()
    await this.#stream(key, before)
    this.#awaitExpiry(key)
  }

  async #stream(key: Key, before: ReadonlySet<number>): Promise<void> {
    const tokens = this.#wanted
    if (this.#ticker === undefined || this.#key?.apiKey !== key.apiKey) {
      await this.#hangUp()
      return this.#dial(key)
    }
    const gone = [...before].filter((token) => !tokens.has(token))
    if (gone.length > 0) this.#ticker.unsubscribe(gone)
    this.#ticker.subscribe([...tokens], 'full')
    this.#key = key
    this.#ticker.renew(key.accessToken)
  }

  async close(): Promise<void> {
    this.#isOver = true
    await this.#hangUp()
  }

  async #loadKey(): Promise<Key | undefined> {
    try {
      const connection = await loadConnection(this.#options.scope, this.#options.vault)
      if (connection?.status === 'connected' && connection.accessToken !== null) {
        const { apiKey, accessToken, expiresAt } = connection
        const key = { apiKey, accessToken, expiresAt }
        if (expiresAt === null || expiresAt.getTime() > Date.now()) return key
        await expire(this.#options.scope, this.#options.vault, key)
      } else if (connection?.status !== 'expired') {
        this.#inTrouble('disconnected', disconnected)
        return undefined
      }
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error
      this.#options.log.error({ err: error }, 'The stored broker connection cannot be opened')
    }
    this.#inTrouble('expired', expired)
    return undefined
  }

  /** The broker need not say that a token has come to its end: we know when it does. */
  #awaitExpiry({ expiresAt }: Key): void {
    clearTimeout(this.#expiry)
    if (expiresAt === null || this.#isOver) return
    const leftMs = Math.min(Math.max(expiresAt.getTime() - Date.now(), 0), timerMaxMs)
    this.#expiry = setTimeout(this.#options.onExpired, leftMs)
  }

  #dial({ apiKey, accessToken, ...rest }: Key): void {
    const { kiteTickerUrl, onTicks, log } = this.#options
    const ticker = createTicker({
      url: kiteTickerUrl,
      apiKey,
      accessToken,
      onListenerError: (error) => log.error({ err: error }, 'A tick could not be taken'),
    })
    this.#ticker = ticker
    this.#key = { apiKey, accessToken, ...rest }
    ticker.onTicks(onTicks)
    ticker.onStatus((status) => this.#heard(status))
    ticker.subscribe([...this.#wanted], 'full')
    ticker.connect()
  }

  #heard({ state, reason }: TickerStatus): void {
    switch (state) {
      case 'open':
        this.#trouble = null
        this.#openedAtMs = Date.now()
        this.#options.onOpen()
        return
      case 'refused':
        this.#inTrouble('interrupted', 'the broker refuses to send prices')
        void this.#verify(this.#key)
        return
      case 'reconnecting':
      case 'stale':
        this.#inTrouble('interrupted', `the broker's prices are interrupted (${reason})`)
        return
      case 'connecting':
      case 'closed':
        return
    }
  }

  #inTrouble(kind: Trouble['kind'], reason: string): void {
    this.#openedAtMs = null
    const sinceMs = this.#trouble?.kind === kind ? this.#trouble.sinceMs : Date.now()
    this.#trouble = { kind, reason, sinceMs }
  }

  /** A refused ticker is a sign, not a proof: the token is dead when the broker's REST side says so. */
  async #verify(key: Key | undefined): Promise<void> {
    if (key === undefined) return
    const { kiteApiUrl, log } = this.#options
    const isReplaced = () => this.#isOver || this.#key?.accessToken !== key.accessToken
    try {
      const { apiKey, accessToken } = key
      await createKiteClient({ apiUrl: kiteApiUrl, apiKey, accessToken }).profile()
    } catch (error) {
      if (isReplaced()) return
      const isDead = error instanceof KiteError && error.isTokenDead
      if (!isDead) log.warn({ err: error }, 'The broker could not be asked whether the token is alive')
      else if (await this.#expire(key)) return
    }
    if (isReplaced()) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      if (!isReplaced()) this.#ticker?.renew(key.accessToken)
    }, refusedRetryMs)
  }

  /** Marks the connection as expired; false when that could not be done, and is to be tried again. */
  async #expire(key: Key): Promise<boolean> {
    const { scope, vault, log } = this.#options
    try {
      await expire(scope, vault, key)
    } catch (error) {
      log.warn({ err: error }, 'An expired connection could not be marked')
      return false
    }
    if (this.#key?.accessToken === key.accessToken) this.#inTrouble('expired', expired)
    return true
  }

  async #hangUp(): Promise<void> {
    clearTimeout(this.#retry)
    clearTimeout(this.#expiry)
    const ticker = this.#ticker
    this.#ticker = undefined
    this.#key = undefined
    this.#openedAtMs = null
    await ticker?.close()
  }
}

/** Marks the connection as expired unless it was renewed in the meantime. */
async function expire(scope: BrokerScope, vault: Vault, key: Key): Promise<void> {
  await scope.transaction(async (tx) => {
    // Taken first by whoever renews, too: either we see the new token or they overwrite our mark.
    await tx.lockAccount()
    const connection = await loadConnection(tx, vault)
    if (connection?.accessToken === key.accessToken) await markExpired(tx)
  })
}
