import type { BrokerId } from '@stratdesk/data/broker-id'
import type { LiveAt, SessionRow, SessionTable } from '@stratdesk/data/sessions'
import type { FastifyBaseLogger } from 'fastify'
import type { DeviceSession } from '../device-session.ts'
import {
  devicesMax,
  type EndReason,
  isEndReason,
  seenEveryMs,
  type SessionKey,
  type SessionStore,
  tombstoneMs,
} from '../session-store.ts'
import { forwardClock } from './forward-clock.ts'
import { readSession } from './read-session.ts'

interface PostgresStoreOptions {
  readonly table: SessionTable
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  /** Ends sessions that were not used for so long; 0 switches this off. */
  readonly idleMs?: number
  readonly now?: () => number
  readonly sweepEveryMs?: number
}

/** Sessions in Postgres, for any number of processes; they survive a restart. */
export class PostgresSessionStore implements SessionStore {
  readonly #table: SessionTable
  readonly #log: PostgresStoreOptions['log']
  readonly #idleMs: number
  readonly #now: () => number
  readonly #sweeper: NodeJS.Timeout

  constructor({ table, log, idleMs = 0, now, sweepEveryMs = 60_000 }: PostgresStoreOptions) {
    this.#table = table
    this.#log = log
    this.#idleMs = idleMs
    this.#now = forwardClock(now)
    this.#sweeper = setInterval(() => void this.#sweepQuietly(), sweepEveryMs).unref()
  }

  async get(key: SessionKey): Promise<DeviceSession | undefined> {
    const session = await this.#find(key)
    const now = this.#now()
    if (session === undefined || now - session.lastSeenAt < seenEveryMs) return session
    const marked = await this.#table.markSeen(key, new Date(now), new Date(now - seenEveryMs))
    // Not marked: it has just ended, or another request has marked it.
    return marked ? this.#read(marked) : await this.#find(key)
  }

  async isLive(key: SessionKey): Promise<boolean> {
    return (await this.#find(key)) !== undefined
  }

  async endedBecause(key: SessionKey): Promise<EndReason | undefined> {
    const { endReason, endedAt } = (await this.#table.find(key)) ?? {}
    if (!endedAt || !isEndReason(endReason)) return undefined
    return endedAt.getTime() + tombstoneMs > this.#now() ? endReason : undefined
  }

  async set(key: SessionKey, session: DeviceSession): Promise<readonly DeviceSession[]> {
    const row = {
      ...session,
      key,
      createdAt: new Date(session.createdAt),
      authenticatedAt: new Date(session.authenticatedAt),
      lastSeenAt: new Date(session.lastSeenAt),
      expiresAt: new Date(session.expiresAt),
    }
    return this.#readAll(await this.#table.keep(row, this.#liveAt(), devicesMax))
  }

  async destroy(key: SessionKey, reason: EndReason = 'signed-out'): Promise<void> {
    await this.#table.end(key, reason, new Date(this.#now()))
  }

  async devices(brokerId: BrokerId): Promise<readonly DeviceSession[]> {
    return this.#readAll(await this.#table.live(brokerId, this.#liveAt()))
  }

  async rename(brokerId: BrokerId, deviceId: string, label: string): Promise<DeviceSession | undefined> {
    const row = await this.#table.rename(brokerId, deviceId, label, this.#liveAt())
    return row && this.#read(row)
  }

  async revoke(
    brokerId: BrokerId,
    deviceIds: readonly string[],
    reason: EndReason,
  ): Promise<readonly DeviceSession[]> {
    return this.#readAll(await this.#table.endDevices(brokerId, deviceIds, reason, this.#liveAt()))
  }

  async check(): Promise<void> {
    await this.#table.check()
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    await this.#table.close()
  }

  /** Deletes what has expired and the endings of more than ten minutes ago; answers how many. */
  async sweep(): Promise<number> {
    return await this.#table.sweep(this.#liveAt(), new Date(this.#now() - tombstoneMs))
  }

  async #find(key: SessionKey): Promise<DeviceSession | undefined> {
    const row = await this.#table.find(key)
    if (row === undefined || row.endedAt !== null) return undefined
    const session = this.#read(row)
    const { now, seenSince } = this.#liveAt()
    if (session && session.expiresAt > now.getTime() && session.lastSeenAt >= seenSince.getTime())
      return session
    // A row that is not whole ends too: so it is said once, and nobody repairs it into a session.
    await this.#table.end(key, session ? 'expired' : 'signed-out', now)
    return undefined
  }

  async #sweepQuietly(): Promise<void> {
    try {
      await this.sweep()
    } catch (error) {
      this.#log.warn({ err: error }, 'sessions that have expired could not be deleted; trying again')
    }
  }

  #liveAt(): LiveAt {
    const now = this.#now()
    return { now: new Date(now), seenSince: new Date(this.#idleMs > 0 ? now - this.#idleMs : 0) }
  }

  #readAll(rows: readonly SessionRow[]): readonly DeviceSession[] {
    return rows.flatMap((row) => this.#read(row) ?? [])
  }

  #read(row: SessionRow): DeviceSession | undefined {
    const session = readSession(row)
    if (session === undefined) {
      this.#log.warn({ security: true }, 'a session in Postgres is not whole; it opens nothing')
    }
    return session
  }
}
