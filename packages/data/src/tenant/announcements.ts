import type pg from 'pg'
import { NobodySession } from './nobody-session.ts'

/** How long prices wait for others, or for something that does not wait. */
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
 * Notifies a channel together with whatever else this process has to say at the same time: Postgres lets transactions that
 * notify end only one after the other, and wakes every listener for each. What `mayWait` waits up to 20 ms for more; the
 * rest goes at once or, while something is being said, right behind it. Rejects when Postgres cannot be reached.
 */
export function announce(pool: pg.Pool, channel: string, payload: string, mayWait = false): Promise<void> {
  return announcerOf(pool).add(channel, payload, mayWait)
}

/** Tells all processes that an account's events go up to `latest`; while Postgres cannot be reached, again and again. */
export function wakeStreams(pool: pg.Pool, brokerId: string, latest: string): void {
  void announcerOf(pool).wakeStreams(brokerId, latest)
}

interface Group extends PromiseWithResolvers<void> {
  readonly channels: string[]
  readonly payloads: string[]
}

class Announcer {
  readonly #pool: pg.Pool
  readonly #session: NobodySession
  #gathering: Group | undefined
  #timer: NodeJS.Timeout | undefined
  #isSending = false
  /** The newest events of each account that could not be told of. */
  readonly #untold = new Map<string, string>()

  constructor(pool: pg.Pool) {
    this.#pool = pool
    this.#session = new NobodySession(pool)
  }

  add(channel: string, payload: string, mayWait: boolean): Promise<void> {
    this.#gathering ??= { channels: [], payloads: [], ...Promise.withResolvers<void>() }
    const { channels, payloads, promise } = this.#gathering
    channels.push(channel)
    payloads.push(payload)
    if (mayWait) this.#timer ??= setTimeout(() => void this.#send(), gatherMs)
    else queueMicrotask(() => void this.#send())
    return promise
  }

  async wakeStreams(brokerId: string, latest: string): Promise<void> {
    try {
      await this.add('account_events', `${brokerId} ${latest}`, false)
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
    if (group === undefined || this.#isSending) return
    this.#gathering = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isSending = true
    try {
      await this.#session.run(notifyAll, [group.channels, group.payloads])
      group.resolve()
    } catch (error) {
      group.reject(error)
    }
    this.#isSending = false
    // What has come meanwhile has waited long enough.
    void this.#send()
  }
}
