import { disabledAccounts } from '@stratdesk/data/accounts'
import { type BrokerId, mintBrokerId } from '@stratdesk/data/broker-id'
import { addressee, type Listener } from '@stratdesk/data/listen'
import type { FastifyBaseLogger } from 'fastify'
import type { Pool } from 'pg'
import type { EventHub } from '../live/event-hub.ts'
import type { SessionStore } from '../sign-in/session-store.ts'

interface GateOptions {
  readonly log: FastifyBaseLogger
  readonly pool: Pool
  readonly sessions: Pick<SessionStore, 'devices' | 'revoke'>
  readonly hub: Pick<EventHub, 'closeAccount'>
  /** Empty admits every account that is not disabled. */
  readonly allowedBrokerIds: ReadonlySet<string>
}

const retryMs = 1000

/**
 * Which accounts may be here: those on the server's list, less those its operator disabled. Postgres tells it of the
 * latter; it keeps their ids in memory, so that asking costs a request nothing, and ends their sessions and streams.
 */
export class AccountGate {
  readonly #options: GateOptions
  #disabled: ReadonlySet<string> = new Set()
  /** Told of a change since the reading under way began. */
  #isStale = false

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Whether sessions of the account count. */
  admits(brokerId: string): boolean {
    const { allowedBrokerIds: allowed } = this.#options
    return !this.#disabled.has(brokerId) && (allowed.size === 0 || allowed.has(brokerId))
  }

  /** Begins to hear whom the operator disables; resolves when those who are disabled already are known. */
  async hear(listener: Listener): Promise<void> {
    listener.onReconnect(() => this.#rereadUntilDone())
    await listener.listen('account_access', (payload) => this.#change(addressee(payload)))
    await this.#reread()
  }

  #change({ brokerId, text }: { readonly brokerId: string; readonly text: string }): void {
    this.#isStale = true
    const disabled = new Set(this.#disabled)
    if (text === 'disabled') disabled.add(brokerId)
    else disabled.delete(brokerId)
    this.#disabled = disabled
    if (disabled.has(brokerId)) this.#endAll(mintBrokerId(brokerId))
  }

  async #reread(): Promise<void> {
    let ids: readonly string[]
    do {
      this.#isStale = false
      ids = await disabledAccounts(this.#options.pool)
    } while (this.#isStale)
    this.#disabled = new Set(ids)
    for (const id of ids) this.#endAll(mintBrokerId(id))
  }

  #rereadUntilDone(): void {
    this.#reread().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the disabled accounts could not be read; trying again')
      setTimeout(() => this.#rereadUntilDone(), retryMs).unref()
    })
  }

  /** Ends what the account has open here. A store that does not answer is asked again: until then the gate alone holds. */
  #endAll(brokerId: BrokerId): void {
    const { log, hub } = this.#options
    hub.closeAccount(brokerId)
    this.#revoke(brokerId).catch((error: unknown) => {
      log.warn(
        { err: error, brokerId },
        'the sessions of a disabled account could not be ended; trying again',
      )
      setTimeout(() => {
        if (this.#disabled.has(brokerId)) this.#endAll(brokerId)
      }, retryMs).unref()
    })
  }

  async #revoke(brokerId: BrokerId): Promise<void> {
    const { sessions, hub } = this.#options
    const devices = await sessions.devices(brokerId)
    const ids = devices.map(({ deviceId }) => deviceId)
    if (ids.length > 0) await sessions.revoke(brokerId, ids, 'account-disabled')
    // Some may have opened a stream while the store was working.
    hub.closeAccount(brokerId)
  }
}
