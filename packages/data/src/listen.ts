import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { asApplication } from './pool.ts'

export interface ListenerOptions {
  readonly url: string
  /** Told when the connection breaks and when it is back. */
  readonly log?: (message: string, error?: unknown) => void
}

/** One connection that hears Postgres' notifications, for a whole process; it comes back by itself. */
export interface Listener {
  /** Calls `hear` with every payload of a channel; resolves when Postgres has taken the subscription. */
  listen(channel: string, hear: (payload: string) => void): Promise<void>
  /** Called after the connection was lost and is back: what was notified in between is gone, so read again. */
  onReconnect(reread: () => void): void
  close(): Promise<void>
}

/** Splits a payload, whose first word is always the broker it is about. */
export function addressee(payload: string): { readonly brokerId: string; readonly text: string } {
  const space = payload.indexOf(' ')
  if (space === -1) return { brokerId: payload, text: '' }
  return { brokerId: payload.slice(0, space), text: payload.slice(space + 1) }
}

/** Starts connecting at once, and keeps trying; listen() waits for it. */
export function createListener(options: ListenerOptions): Listener {
  return new ReconnectingListener(options)
}

interface Connection {
  readonly client: pg.Client
  /** Resolves with the reason when the connection is of no more use; never rejects. */
  readonly lost: Promise<unknown>
}

class ReconnectingListener implements Listener {
  readonly #options: ListenerOptions
  readonly #hearers = new Map<string, ((payload: string) => void)[]>()
  readonly #rereaders: (() => void)[] = []
  readonly #closing = new AbortController()
  readonly #ended: Promise<void>
  #connected = deferred<Connection>()

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#ended = this.#run()
  }

  async listen(channel: string, hear: (payload: string) => void): Promise<void> {
    this.#hearers.set(channel, [...(this.#hearers.get(channel) ?? []), hear])
    for (;;) {
      const { client, lost } = await this.#connected.promise
      try {
        await subscribe(client, channel)
        return
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.severity === 'ERROR') throw error
        await lost
      }
    }
  }

  onReconnect(reread: () => void): void {
    this.#rereaders.push(reread)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    let pauseMs = firstPauseMs
    for (let isFirst = true; !signal.aborted;) {
      const connection = this.#open()
      try {
        await connection.client.connect()
        for (const channel of this.#hearers.keys()) await subscribe(connection.client, channel)
        this.#connected.resolve(connection)
        if (!isFirst) this.#resume()
        isFirst = false
        pauseMs = firstPauseMs
        await keepAlive(connection, signal).finally(() => (this.#connected = deferred()))
      } catch (error) {
        this.#options.log?.('Notifications from the database are cut off', error)
      }
      await connection.client.end().catch(ignore)
      await delay(pauseMs, undefined, { signal }).catch(ignore)
      pauseMs = Math.min(pauseMs * 2, 2000)
    }
    this.#connected.reject(new Error('The listener is closed'))
  }

  #open(): Connection {
    const client = new pg.Client({
      ...asApplication(this.#options.url),
      application_name: 'stratdesk-listener',
      connectionTimeoutMillis: 2000,
    })
    client.on('error', ignore)
    client.on('notification', ({ channel, payload }) => {
      for (const hear of this.#hearers.get(channel) ?? []) hear(payload ?? '')
    })
    const lost = new Promise<unknown>((resolve) => {
      client.once('error', resolve)
      client.once('end', () => resolve(new Error('The connection ended')))
    })
    return { client, lost }
  }

  #resume(): void {
    this.#options.log?.('Notifications from the database are back')
    for (const reread of this.#rereaders) reread()
  }
}

const firstPauseMs = 50
const heartbeatMs = 15_000
const answerMs = 5000

async function subscribe(client: pg.Client, channel: string): Promise<void> {
  await client.query(`listen ${pg.escapeIdentifier(channel)}`)
}

/** Resolves when `closing` is aborted and rejects when the connection is lost; one that no longer answers is broken off. */
async function keepAlive({ client, lost }: Connection, closing: AbortSignal): Promise<void> {
  const closed = new Promise<'closed'>((resolve) => {
    if (closing.aborted) resolve('closed')
    closing.addEventListener('abort', () => resolve('closed'), { once: true })
  })
  const heartbeat = setInterval(() => {
    const silence = setTimeout(() => client.connection.stream.destroy(), answerMs)
    client
      .query('select 1')
      .catch(ignore)
      .finally(() => clearTimeout(silence))
  }, heartbeatMs)
  const outcome = await Promise.race([closed, lost])
  clearInterval(heartbeat)
  if (outcome !== 'closed') throw outcome
}

/** A promise that is settled from outside; nobody has to be waiting when it fails. */
function deferred<Value>(): PromiseWithResolvers<Value> {
  const made = Promise.withResolvers<Value>()
  made.promise.catch(ignore)
  return made
}

function ignore(): void {}
