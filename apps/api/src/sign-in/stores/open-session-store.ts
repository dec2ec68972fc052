import { openSessionTable } from '@stratdesk/data/sessions'
import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import { MemorySessionStore } from '../memory-session-store.ts'
import type { SessionStore } from '../session-store.ts'
import { PostgresSessionStore } from './postgres-session-store.ts'
import { RedisSessionStore } from './redis-session-store.ts'
import { storeWriteMs, timeBoxed } from './time-boxed-store.ts'

interface OpenOptions {
  readonly kind: 'memory' | 'redis' | 'postgres'
  readonly databaseUrl: string
  readonly redis: Redis | undefined
  readonly idleMs: number
  readonly log: FastifyBaseLogger
}

/** The store that was chosen, and never another; calls that leave the process are time-boxed. */
export function openSessionStore({ kind, databaseUrl, redis, idleMs, log }: OpenOptions): SessionStore {
  switch (kind) {
    case 'memory':
      return new MemorySessionStore({ idleMs })
    case 'redis':
      if (redis === undefined)
        throw new Error('Sessions are to be in Redis, but there is no connection to it')
      return timeBoxed(new RedisSessionStore({ redis, log, idleMs }))
    case 'postgres': {
      const onError = (error: Error) => log.warn({ err: error }, 'a connection for sessions was lost')
      const table = openSessionTable({ url: databaseUrl, timeoutMs: storeWriteMs, onError })
      return timeBoxed(new PostgresSessionStore({ table, log, idleMs }))
    }
  }
}
