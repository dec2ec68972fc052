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
import { forwardClock } from './stores/forward-clock.ts'
import { PackedSession } from './stores/packed-session.ts'

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

type Live = readonly [SessionKey, DeviceSession]

const tombstonesMax = 200_000

/** Sessions in this process' memory: for one process, gone when it ends. Time only moves forward in it. */
export class MemorySessionStore implements SessionStore {
  readonly #sessions = new Map<SessionKey, PackedSession>()
  /** The keys of each account in the order of their sign-ins; most have one, which needs no list. */
  readonly #byBroker = new Map<BrokerId, SessionKey | readonly SessionKey[]>()
  readonly #tombstones = new Map<SessionKey, Tombstone>()
  readonly #idleMs: number
  readonly #sessionsMax: number
  readonly #now: () => number
  readonly #sweeper: NodeJS.Timeout
  #writes = 0

  constructor(options: MemoryStoreOptions = {}) {
    this.#idleMs = options.idleMs ?? 0
    this.#sessionsMax = options.sessionsMax ?? 200_000
    this.#now = forwardClock(options.now)
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
    const kept = this.#live(key)
    if (kept === undefined) return undefined
    const now = this.#now()
    if (now - kept.lastSeenAt >= seenEveryMs) {
      kept.lastSeenAt = now
      this.#writes++
    }
    return kept.session
  }

  async isLive(key: SessionKey): Promise<boolean> {
    return this.#live(key) !== undefined
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
    for (const [other, { deviceId }] of this.#liveOf(session.brokerId))
      if (other !== key && deviceId === session.deviceId) this.#end(other, 'signed-in-again')
    this.#sessions.set(key, new PackedSession(session))
    this.#writes++
    const keys = this.#keysOf(session.brokerId)
    if (!keys.includes(key)) this.#keepKeys(session.brokerId, [...keys, key])
    const over = this.#liveOf(session.brokerId).slice(0, -devicesMax)
    for (const [oldest] of over) this.#end(oldest, 'too-many-devices')
    return over.map(([, gone]) => gone)
  }

  async destroy(key: SessionKey, reason: EndReason = 'signed-out'): Promise<void> {
    this.#end(key, reason)
  }

  async devices(brokerId: BrokerId): Promise<readonly DeviceSession[]> {
    return this.#liveOf(brokerId).map(([, session]) => session)
  }

  async rename(brokerId: BrokerId, deviceId: string, label: string): Promise<DeviceSession | undefined> {
    const found = this.#liveOf(brokerId).find(([, session]) => session.deviceId === deviceId)
    if (found === undefined) return undefined
    const [key, session] = found
    this.#sessions.get(key)?.rename(label)
    this.#writes++
    return { ...session, label }
  }

  async revoke(
    brokerId: BrokerId,
    deviceIds: readonly string[],
    reason: EndReason,
  ): Promise<readonly DeviceSession[]> {
    const meant = this.#liveOf(brokerId).filter(([, { deviceId }]) => deviceIds.includes(deviceId))
    for (const [key] of meant) this.#end(key, reason)
    return meant.map(([, session]) => session)
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
  }

  /** Forgets what has expired. Sessions and tombstones lie in the order in which they end, so it stops at the first. */
  sweep(): void {
    const now = this.#now()
    for (const [key, kept] of this.#sessions) {
      if (this.#hasExpired(kept, now)) this.#forget(key, kept)
      else if (this.#idleMs === 0) break
    }
    for (const [key, { until }] of this.#tombstones) {
      if (until > now) break
      this.#tombstones.delete(key)
    }
  }

  #live(key: SessionKey): PackedSession | undefined {
    const kept = this.#sessions.get(key)
    if (kept === undefined || !this.#hasExpired(kept, this.#now())) return kept
    this.#end(key, 'expired')
    return undefined
  }

  #liveOf(brokerId: BrokerId): readonly Live[] {
    return this.#keysOf(brokerId).flatMap((key) => {
      const kept = this.#live(key)
      return kept ? [[key, kept.session] as const] : []
    })
  }

  /** The first reason of an ending stays. */
  #end(key: SessionKey, reason: EndReason): void {
    if (!this.#tombstones.has(key)) this.#tombstones.set(key, { reason, until: this.#now() + tombstoneMs })
    if (this.#tombstones.size > tombstonesMax) {
      const [oldest] = this.#tombstones.keys()
      if (oldest !== undefined) this.#tombstones.delete(oldest)
    }
    const kept = this.#sessions.get(key)
    if (kept) this.#forget(key, kept)
  }

  #forget(key: SessionKey, { session: { brokerId } }: PackedSession): void {
    this.#sessions.delete(key)
    const rest = this.#keysOf(brokerId).filter((other) => other !== key)
    this.#keepKeys(brokerId, rest)
  }

  #keysOf(brokerId: BrokerId): readonly SessionKey[] {
    const keys = this.#byBroker.get(brokerId) ?? []
    return typeof keys === 'string' ? [keys] : keys
  }

  #keepKeys(brokerId: BrokerId, keys: readonly SessionKey[]): void {
    const [only] = keys
    if (only === undefined) this.#byBroker.delete(brokerId)
    else this.#byBroker.set(brokerId, keys.length === 1 ? only : keys)
  }

  #hasExpired({ expiresAt, lastSeenAt }: PackedSession, now: number): boolean {
    return expiresAt <= now || (this.#idleMs > 0 && now - lastSeenAt > this.#idleMs)
  }
}
