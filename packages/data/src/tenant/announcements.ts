import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { NobodySession } from './nobody-session.ts'

/** What is said while the last saying is younger travels together. */
const gatherMs = 20

/** Nobody waits for the disk: a notification does not outlive the server in any case. */
const notifyAll = `
  select set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
  from unnest($1::text[], $2::text[]) as told (channel, payload)`

const retryMs = 500

const announcers = new WeakMap<pg.Pool, Announcer>()

function announcerOf(pool: pg.Pool): Announcer {
  const announcer = announcers.get(pool) ?? new Announcer(pool)
  announcers.set(pool, announcer)
  return announcer
}

/**
 * Notifies a channel, at once or up to 20 ms later together with whatever else this process has to say then: Postgres
 * lets transactions that notify end only one after the other, and wakes every listener for each. Rejects when Postgres
 * cannot be reached.
 */
export function announce(pool: pg.Pool, channel: string, payload: string): Promise<void> {
  return announcerOf(pool).add(channel, payload)
}

/** Tells all processes that an account's events go up to `latest`; while Postgres cannot be reached, again and again. */
export function wakeStreams(pool: pg.Pool, brokerId: string, latest: string): void {
  void announcerOf(pool).wakeStreams(brokerId, latest)
}

interface Group {
  readonly channels: string[]
  readonly payloads: string[]
  readonly sent: Promise<void>
}

class Announcer {
  readonly #pool: pg.Pool
  readonly #session: NobodySession
  #gathering: Group | undefined
  #isFree: Promise<unknown> = Promise.resolve()
  /** The newest events of each account that could not be told of. */
  readonly #untold = new Map<string, string>()

  constructor(pool: pg.Pool) {
    this.#pool = pool
    this.#session = new NobodySession(pool)
  }

  add(channel: string, payload: string): Promise<void> {
    this.#gathering ??= { channels: [], payloads: [], sent: this.#isFree.then(() => this.#send()) }
    const { channels, payloads, sent } = this.#gathering
    channels.push(channel)
    payloads.push(payload)
    return sent
  }

  async wakeStreams(brokerId: string, latest: string): Promise<void> {
    try {
      await this.add('account_events', `${brokerId} ${latest}`)
    } catch {
      if (this.#untold.size === 0) setTimeout(() => this.#tellAgain(), retryMs).unref()
      this.#untold.set(brokerId, latest)
    }
  }

  #tellAgain(): void {
    const untold = [...this.#untold]
    this.#untold.clear()
    if (this.#pool.ended) return
    for (const [brokerId, latest] of untold) void this.wakeStreams(brokerId, latest)
  }

  async #send(): Promise<void> {
    const group = this.#gathering
    if (group === undefined) return
    this.#gathering = undefined
    const sending = this.#session.run(notifyAll, [group.channels, group.payloads])
    this.#isFree = Promise.allSettled([sending, delay(gatherMs)])
    await sending
  }
}
