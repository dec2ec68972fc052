import { openSessionTable } from '@stratdesk/data/sessions'
import { createTestDatabase } from '@stratdesk/data/testing'
import type { FastifyBaseLogger } from 'fastify'
import type { Redis } from 'ioredis'
import pg from 'pg'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import type { SessionStore } from '../sign-in/session-store.ts'
import { PostgresSessionStore } from '../sign-in/stores/postgres-session-store.ts'
import { connectRedis } from '../sign-in/stores/redis-client.ts'
import { RedisSessionStore } from '../sign-in/stores/redis-session-store.ts'
import { dumpDatabase } from './dump-database.ts'
import { startTestRedis } from './redis.ts'
import { startTestServer, type TestServer } from './server.ts'

/** A session store on a server of its own, and what can be seen of it from outside. */
export interface OpenStore {
  readonly store: SessionStore
  /** Everything that is kept, as text. */
  dump(): Promise<string>
  /** How often something was written. */
  changes(): Promise<number>
  close(): Promise<void>
}

/** A store outside this process, where others may reach what is kept. */
export interface OutsideStore extends OpenStore {
  /** Damages every session's record. */
  spoil(): Promise<void>
  /** Forgets everything. */
  empty(): Promise<void>
}

interface StoreOptions {
  readonly now: () => number
  readonly idleMs: number
  /** Where the store says what is wrong with its records. */
  readonly log?: Pick<FastifyBaseLogger, 'warn'>
}

interface StoreKind<Kept> {
  readonly kind: string
  readonly open: (options: StoreOptions) => Promise<Kept>
}

/** The kinds of stores outside of the process, for `describe.each`. */
export const outsideStores: readonly StoreKind<OutsideStore>[] = [
  { kind: 'redis', open: openRedis },
  { kind: 'postgres', open: openPostgres },
]

/** Every kind of session store there is, for `describe.each`. */
export const storeKinds: readonly StoreKind<OpenStore>[] = [
  { kind: 'memory', open: openMemory },
  ...outsideStores,
]

async function openMemory(options: StoreOptions): Promise<OpenStore> {
  const memory = new MemorySessionStore(options)
  const { store, told } = recorded(memory)
  return {
    store,
    // Nobody can look into its private fields; but it knows no more than it was told.
    dump: async () => told.join('\n'),
    changes: async () => memory.writes + memory.endings,
    close: async () => {},
  }
}

/** A loaded machine may be slower than a server may be. */
const patienceMs = 10_000

async function openRedis(options: StoreOptions): Promise<OutsideStore> {
  const server = await startTestRedis()
  const redis = await connectRedis({ url: server.url, log: silent })
  redis.options.commandTimeout = patienceMs
  redis.options.socketTimeout = patienceMs
  return {
    store: new RedisSessionStore({ redis, log: options.log ?? silent, ...options }),
    dump: () => server.ask(dumpRedis),
    changes: async () => {
      const facts = await server.ask((client) => client.info('persistence'))
      return Number(/rdb_changes_since_last_save:(\d+)/.exec(facts)?.[1])
    },
    spoil: () =>
      server.ask(async (client) => {
        for (const key of await client.keys('stratdesk:session:*')) await client.hset(key, 'expiresAt', 'nan')
      }),
    empty: async () => void (await server.flush()),
    async close() {
      redis.disconnect()
      await server.stop()
    },
  }
}

async function dumpRedis(client: Redis): Promise<string> {
  const lines: string[] = []
  for (const key of (await client.keys('*')).toSorted()) {
    const type = await client.type(key)
    if (type === 'hash') lines.push(key, JSON.stringify(await client.hgetall(key)))
    else if (type === 'list') lines.push(key, JSON.stringify(await client.lrange(key, 0, -1)))
    else if (type === 'string') lines.push(key, (await client.get(key)) ?? '')
    else throw new Error(`A ${type} is not looked into`)
  }
  return lines.join('\n')
}

async function openPostgres(options: StoreOptions): Promise<OutsideStore> {
  const database = await createTestDatabase()
  const owner = new pg.Client(database.url)
  await owner.connect()
  await owner.query(countChanges)
  const table = openSessionTable({ url: database.url, timeoutMs: patienceMs })
  const count = 'select last_value - case when is_called then 0 else 1 end as count from session_changes'
  return {
    store: new PostgresSessionStore({ table, log: options.log ?? silent, ...options }),
    dump: async () => (await dumpDatabase(database.url))['public.sessions']?.join('\n') ?? '',
    changes: async () => Number((await owner.query<{ count: string }>(count)).rows[0]?.count),
    spoil: async () =>
      void (await owner.query("update sessions set broker_id = 'x'' or 1' where ended_at is null")),
    empty: async () => void (await owner.query('delete from sessions')),
    async close() {
      await owner.end()
      await database.drop()
    },
  }
}

/** Each row that is written moves a sequence on. */
const countChanges = `
  create sequence session_changes;
  create function count_session_change() returns trigger security definer language plpgsql as
    $$ begin perform nextval('session_changes'); return null; end $$;
  create trigger count_changes after insert or update or delete on sessions
    for each row execute function count_session_change()`

const silent = { warn() {}, info() {} }

/** The store itself, with a note of every word it is told. */
function recorded(inner: SessionStore): { readonly store: SessionStore; readonly told: readonly string[] } {
  const told: string[] = []
  const store = new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: readonly unknown[]): unknown => {
        if (args.length > 0) told.push(JSON.stringify(args))
        return Reflect.apply(member, target, args)
      }
    },
  })
  return { store, told }
}

/** A server whose sessions are in a store of this kind and whose clock is moved by hand. */
export type StoreServer<Kept extends OpenStore = OpenStore> = Awaited<
  ReturnType<typeof startStoreServer<Kept>>
>

/** Starts one; `clock.now` is its time in epoch milliseconds. */
export async function startStoreServer<Kept extends OpenStore = OpenStore>(
  open: (options: StoreOptions) => Promise<Kept>,
  { idleMs = 0, ...options }: { readonly idleMs?: number } & Parameters<typeof startTestServer>[0] = {},
) {
  const clock = { now: Date.now() }
  const warnings: unknown[] = []
  const log = { warn: (facts: unknown) => void warnings.push(facts) }
  const kept = await open({ now: () => clock.now, idleMs, log })
  const server: TestServer = await startTestServer({
    now: () => clock.now,
    sessions: kept.store,
    sessionSecrets: [signingSecret],
    ...options,
  })
  return {
    ...server,
    kept,
    clock,
    /** What the store warned of. */
    warnings,
    async close() {
      await server.close()
      await kept.close()
    },
  }
}

/** What these servers sign cookies with. */
export const signingSecret = 'a secret of tests that signs their cookies'
