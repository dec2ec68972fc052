import type { BrokerId } from '@stratdesk/data/broker-id'
import { unavailable } from '../http/problem.ts'
import type { DeviceSession } from './device-session.ts'
import {
  devicesMax,
  type EndReason,
  seenEveryMs,
  type SessionKey,
  type SessionStore,
  tombstoneMs,
} from './session-store.ts'

interface MemoryStoreOptions {
  /** Ends sessions that were not used for so long; 0 switches this off. */
  readonly idleMs?: number
  readonly now?: () => number
  /** At most so many sessions in all; a sign-in beyond that is refused as `unavailable`. */
  readonly sessionsMax?: number
  readonly sweepEveryMs?: number
}

interface Tombstone {
  readonly reason: EndReason
  readonly until: number
}

const tombstonesMax = 200_000

/** Sessions in this process' memory: for one process, gone when it ends. Time only moves forward in it. */
export class MemorySessionStore implements SessionStore {
  readonly #sessions = new Map<SessionKey, DeviceSession>()
  readonly #byBroker = new Map<BrokerId, Set<SessionKey>>()
  readonly #tombstones = new Map<SessionKey, Tombstone>()
  readonly #idleMs: number
  readonly #sessionsMax: number
  readonly #clock: () => number
  readonly #sweeper: NodeJS.Timeout
  #latest = 0
  #writes = 0

  constructor(options: MemoryStoreOptions = {}) {
    this.#idleMs = options.idleMs ?? 0
    this.#sessionsMax = options.sessionsMax ?? 200_000
    this.#clock = options.now ?? Date.now
    this.#sweeper = setInterval(() => this.sweep(), options.sweepEveryMs ?? 60_000).unref()
  }

  /** How many sessions are held, live or not yet swept. */
  get size(): number {
    return this.#sessions.size
  }

  /** How many endings are remembered. */
  get endings(): number {
    return this.#tombstones.size
  }

  /** How often a session was written. */
  get writes(): number {
    return this.#writes
  }

  async get(key: SessionKey): Promise<DeviceSession | undefined> {
    const session = this.#sessions.get(key)
    if (session === undefined) return undefined
    const now = this.#now()
    if (this.#hasExpired(session, now)) {
      this.#end(key, session, 'expired')
      return undefined
    }
    if (now - session.lastSeenAt < seenEveryMs) return session
    return this.#write(key, { ...session, lastSeenAt: now })
  }

  async isLive(key: SessionKey): Promise<boolean> {
    const session = this.#sessions.get(key)
    return session !== undefined && !this.#hasExpired(session, this.#now())
  }

  async endedBecause(key: SessionKey): Promise<EndReason | undefined> {
    const tombstone = this.#tombstones.get(key)
    return tombstone && tombstone.until > this.#now() ? tombstone.reason : undefined
  }

  async set(key: SessionKey, session: DeviceSession): Promise<readonly DeviceSession[]> {
    if (this.#tombstones.has(key)) return []
    if (!this.#sessions.has(key) && this.#sessions.size >= this.#sessionsMax) {
      this.sweep()
      if (this.#sessions.size >= this.#sessionsMax) throw unavailable()
    }
    for (const [other, { deviceId }] of this.#live(session.brokerId))
      if (other !== key && deviceId === session.deviceId)
        this.#end(other, this.#sessions.get(other), 'signed-in-again')
    this.#write(key, session)
    const keys = this.#byBroker.get(session.brokerId) ?? new Set()
    this.#byBroker.set(session.brokerId, keys.add(key))
    return this.#endOldest(keys)
  }

  async destroy(key: SessionKey, reason: EndReason = 'signed-out'): Promise<void> {
    this.#end(key, this.#sessions.get(key), reason)
  }

  async devices(brokerId: BrokerId): Promise<readonly DeviceSession[]> {
    return this.#live(brokerId).map(([, session]) => session)
  }

  async rename(brokerId: BrokerId, deviceId: string, label: string): Promise<DeviceSession | undefined> {
    const found = this.#live(brokerId).find(([, session]) => session.deviceId === deviceId)
    return found && this.#write(found[0], { ...found[1], label })
  }

  async revoke(
    brokerId: BrokerId,
    deviceIds: readonly string[],
    reason: EndReason,
  ): Promise<readonly DeviceSession[]> {
    const meant = this.#live(brokerId).filter(([, { deviceId }]) => deviceIds.includes(deviceId))
    for (const [key, session] of meant) this.#end(key, session, reason)
    return meant.map(([, session]) => session)
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
  }

  /** Forgets what has expired. Sessions and tombstones lie in the order in which they end, so it stops at the first. */
  sweep(): void {
    const now = this.#now()
    for (const [key, session] of this.#sessions) {
      if (this.#hasExpired(session, now)) this.#forget(key, session)
      else if (this.#idleMs === 0) break
    }
    for (const [key, { until }] of this.#tombstones) {
      if (until > now) break
      this.#tombstones.delete(key)
    }
  }

  #live(brokerId: BrokerId): (readonly [SessionKey, DeviceSession])[] {
    const now = this.#now()
    return [...(this.#byBroker.get(brokerId) ?? [])].flatMap((key) => {
      const session = this.#sessions.get(key)
      return session && !this.#hasExpired(session, now) ? [[key, session] as const] : []
    })
  }

  #endOldest(keys: Set<SessionKey>): DeviceSession[] {
    const ended: DeviceSession[] = []
    for (const key of keys) {
      if (keys.size <= devicesMax) break
      const session = this.#sessions.get(key)
      this.#end(key, session, 'too-many-devices')
      if (session) ended.push(session)
    }
    return ended
  }

  #write(key: SessionKey, session: DeviceSession): DeviceSession {
    this.#writes++
    this.#sessions.set(key, session)
    return session
  }

  #end(key: SessionKey, session: DeviceSession | undefined, reason: EndReason): void {
    if (!this.#tombstones.has(key)) this.#tombstones.set(key, { reason, until: this.#now() + tombstoneMs })
    if (this.#tombstones.size > tombstonesMax) {
      const [oldest] = this.#tombstones.keys()
      if (oldest !== undefined) this.#tombstones.delete(oldest)
    }
    if (session) this.#forget(key, session)
  }

  #forget(key: SessionKey, session: DeviceSession): void {
    this.#sessions.delete(key)
    const keys = this.#byBroker.get(session.brokerId)
    keys?.delete(key)
    if (keys?.size === 0) this.#byBroker.delete(session.brokerId)
  }

  #hasExpired(session: DeviceSession, now: number): boolean {
    return session.expiresAt <= now || (this.#idleMs > 0 && now - session.lastSeenAt > this.#idleMs)
  }

  /** A clock set back must not revive what has ended. */
  #now(): number {
    this.#latest = Math.max(this.#latest, this.#clock())
    return this.#latest
  }
}
