import type { FastifyBaseLogger } from 'fastify'
import { Redis } from 'ioredis'
import { storeWriteMs } from './time-boxed-store.ts'

interface RedisSettings {
  /** `redis://` or, over TLS, `rediss://`. */
  readonly url: string
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>
  /** How long the first connection may take; 20 s when absent. */
  readonly patienceMs?: number
}

/**
 * Connects to Redis. Commands fail at once while it is away and after a second when it does not answer, instead of being
 * queued (ioredis' own settings keep every request waiting for many seconds). Rejects when Redis cannot be reached
 * within `patienceMs`, trying again and again until then; the password of its address is in no message.
 */
export async function connectRedis({ url, log, patienceMs = 20_000 }: RedisSettings): Promise<Redis> {
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: storeWriteMs,
    connectTimeout: 1000,
    socketTimeout: 1000,
    retryStrategy: (attempt) => Math.min(attempt * 50, 500),
    connectionName: 'stratdesk',
  })
  const place = placeOf(url)
  let lastError: unknown
  let isAway = false
  redis.on('error', (error) => {
    lastError = error
    if (!isAway) log.warn({ err: error, redis: place }, 'Redis cannot be reached; trying again')
    isAway = true
  })
  redis.on('close', () => {
    if (!isAway && redis.status !== 'end') log.warn({ redis: place }, 'Redis was lost; trying again')
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) log.info({ redis: place }, 'Redis is back')
    isAway = false
  })
  // It goes on trying by itself; what matters is whether it gets there in time.
  redis.connect().catch(() => {})
  const arrived = Promise.withResolvers<boolean>()
  redis.once('ready', () => arrived.resolve(true))
  const patience = setTimeout(() => arrived.resolve(false), patienceMs)
  const isConnected = await arrived.promise
  clearTimeout(patience)
  if (isConnected) return redis
  redis.disconnect()
  const seconds = Math.round(patienceMs / 1000)
  throw new Error(`Redis at ${place} could not be reached for ${seconds} s`, { cause: lastError })
}

function placeOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
