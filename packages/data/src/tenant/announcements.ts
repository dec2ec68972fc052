import type pg from 'pg'
import { NobodySession } from './nobody-session.ts'

/** How long prices wait for others, or for something that does not wait. */
const gatherMs = 20

/** Nobody waits for the disk: a notification does not outlive the server in any case. */
const notifyAll = `
  select set_config('synchronous_commit', 'off', true), pg_notify(channel, payload)
  from unnest($1::text[], $2::text[]) as told (channel, payload)`

const retryMs = 500
const patienceMs = 1_000

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

/** Tells all processes of an account's events, up to `latest`; while Postgres cannot be reached, again and again. */
export function wakeStreams(pool: pg.Pool, brokerId: string, latest?: string): void {
  void announcerOf(pool).wakeStreams(latest === undefined ? brokerId : `${brokerId} ${latest}`)
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
  /** What each account could not say of its events, the newest by its id. */
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

  async wakeStreams(payload: string): Promise<void> {
    try {
      await this.add('account_events', payload, false)
    } catch {
      const [brokerId = ''] = payload.split(' ', 1)
      if (this.#untold.size === 0) setTimeout(() => this.#tellAgain(), retryMs).unref()
      this.#untold.set(brokerId, payload)
    }
  }

  #tellAgain(): void {
    const untold = [...this.#untold.values()]
    this.#untold.clear()
    if (this.#pool.ended) return
    for (const payload of untold) void this.wakeStreams(payload)
  }

  async #send(): Promise<void> {
    const group = this.#gathering
    if (group === undefined || this.#isSending) return
    this.#gathering = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isSending = true
    const goOn = () => {
      if (!patience) return
      clearTimeout(patience)
      patience = undefined
      this.#isSending = false
      // What has come meanwhile has waited long enough.
      void this.#send()
    }
    // A connection that is only half there must not keep everybody else's word back.
    let patience: NodeJS.Timeout | undefined = setTimeout(goOn, patienceMs)
    try {
      await this.#session.run(notifyAll, [group.channels, group.payloads])
      group.resolve()
    } catch (error) {
      group.reject(error)
    }
    goOn()
  }
}
