import { batchedByKey } from '@stratdesk/data/batched-by-key'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
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
import {
  destroyScript,
  devicesScript,
  endedScript,
  getScript,
  renameScript,
  revokeScript,
  runScript,
  type Script,
  setScript,
} from './redis-scripts.ts'

interface RedisStoreOptions {
  readonly redis: Redis
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  /** Ends sessions that were not used for so long; 0 switches this off. */
  readonly idleMs?: number
  readonly now?: () => number
  /** What every key begins with. */
  readonly prefix?: string
}

/** How much longer than its session a record stays in Redis, whose clock may be another. */
const marginMs = 3_600_000

const fields = [
  'brokerId',
  'deviceId',
  'label',
  'userAgent',
  'ip',
  'createdAt',
  'authenticatedAt',
  'lastSeenAt',
  'expiresAt',
] as const

/** Sessions in one Redis (no cluster), for any number of processes; each call is one script and one round trip. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: Redis
  readonly #log: RedisStoreOptions['log']
  readonly #idleMs: number
  readonly #prefix: string
  readonly #now: () => number
  readonly #seen = this.#readKeys(seenEveryMs)
  readonly #unseen = this.#readKeys(0)

  constructor({ redis, log, idleMs = 0, now, prefix = 'stratdesk:' }: RedisStoreOptions) {
    this.#redis = redis
    this.#log = log
    this.#idleMs = idleMs
    this.#prefix = prefix
    this.#now = forwardClock(now)
  }

  async get(key: SessionKey): Promise<DeviceSession | undefined> {
    return await this.#whole(key, await this.#seen(key))
  }

  async isLive(key: SessionKey): Promise<boolean> {
    return (await this.#whole(key, await this.#unseen(key))) !== undefined
  }

  async endedBecause(key: SessionKey): Promise<EndReason | undefined> {
    const tombstone = await this.#run(endedScript, [key])
    if (typeof tombstone !== 'string') return undefined
    const [reason, until] = tombstone.split(' ')
    return isEndReason(reason) && Number(until) > this.#now() ? reason : undefined
  }

  async set(key: SessionKey, session: DeviceSession): Promise<readonly DeviceSession[]> {
    const ttl = Math.max(session.expiresAt - this.#now(), 0) + marginMs
    const values = fields.map((field) => session[field])
    return this.#readAll(await this.#run(setScript, [key, ttl, devicesMax, ...values]))
  }

  async destroy(key: SessionKey, reason: EndReason = 'signed-out'): Promise<void> {
    await this.#run(destroyScript, [key, reason])
  }

  async devices(brokerId: BrokerId): Promise<readonly DeviceSession[]> {
    return this.#readAll(await this.#run(devicesScript, [brokerId]))
  }

  async rename(brokerId: BrokerId, deviceId: string, label: string): Promise<DeviceSession | undefined> {
    return this.#read(await this.#run(renameScript, [brokerId, deviceId, label]))
  }

  async revoke(
    brokerId: BrokerId,
    deviceIds: readonly string[],
    reason: EndReason,
  ): Promise<readonly DeviceSession[]> {
    return this.#readAll(await this.#run(revokeScript, [brokerId, reason, ...deviceIds]))
  }

  async check(): Promise<void> {
    await this.#redis.ping()
  }

  /** The connection is its maker's to close. */
  async close(): Promise<void> {}

  /** What the script answers for each key; null where there is no session. */
  #readKeys(seenEvery: number): (key: SessionKey) => Promise<unknown> {
    return batchedByKey(async (keys) => {
      const answers = await this.#run(getScript, [seenEvery, ...keys])
      if (!Array.isArray(answers)) throw new Error('Redis answered for the sessions with something else')
      return new Map(keys.map((key, at) => [key, answers[at]] as const))
    })
  }

  /** The session of an answer; one that is not whole is ended. */
  async #whole(key: SessionKey, answer: unknown): Promise<DeviceSession | undefined> {
    if (answer === null) return undefined
    const session = this.#read(answer)
    // So that it is said once, and that nobody repairs it into a session.
    if (session === undefined) await this.destroy(key)
    return session
  }

  #run(script: Script, args: readonly (string | number)[]): Promise<unknown> {
    return runScript(this.#redis, script, [this.#prefix, this.#now(), this.#idleMs, tombstoneMs, ...args])
  }

  #readAll(answer: unknown): readonly DeviceSession[] {
    if (!Array.isArray(answer)) return []
    return answer.flatMap((values: unknown) => this.#read(values) ?? [])
  }

  #read(answer: unknown): DeviceSession | undefined {
    if (answer === null) return undefined
    const values: readonly unknown[] = Array.isArray(answer) ? answer : []
    const session = readSession(Object.fromEntries(fields.map((field, at) => [field, values[at]])))
    if (session === undefined) {
      this.#log.warn({ security: true }, 'a session in Redis is not whole; it opens nothing')
    }
    return session
  }
}
