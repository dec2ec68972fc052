import type pg from 'pg'

/** A process of the server as it tells of itself. */
export interface ServerFacts {
  readonly id: string
  readonly host: string
  readonly pid: number
  /** Where that pid is one: processes of one place have different ones. Null where that is not known. */
  readonly place: string | null
  readonly role: 'api' | 'engine'
  readonly version: string
  /** Null where the program is no git checkout. */
  readonly commit: string | null
  /** Of each secret that verifies a session here; the first one's signs. */
  readonly secretFingerprints: readonly string[]
  readonly sessionStore: 'memory' | 'redis' | 'postgres'
  /** How far its clock is ahead of the database's. */
  readonly clockOffsetMs: number
  readonly startedAt: Date
}

/** The table of the processes that are up. */
export interface ServerTable {
  /**
   * Adds a server unless `admit` throws for the others that are up. Servers that start at the same moment are looked at
   * one after the other, so that of two that do not go together one is refused.
   */
  join(server: ServerFacts, admit: (others: readonly ServerFacts[]) => void): Promise<void>
  /** Says that a server is still up, and forgets those that have not said so for a minute. */
  renew(server: ServerFacts): Promise<void>
  leave(id: string): Promise<void>
  /** Those that said within the last 30 s that they are up, the first started first. */
  living(): Promise<readonly ServerFacts[]>
  /** How far this machine's clock (`now`, in ms) is ahead of the database's, to half the time of a round trip. */
  clockOffsetMs(now: () => number): Promise<number>
}

/** A server that has not been heard of for so long is not counted; after twice as long it is forgotten. */
export const livingSeconds = 30

/** The table of servers on a pool. */
export function createServerTable(pool: pg.Pool): ServerTable {
  return {
    join: (server, admit) => join(pool, server, admit),
    renew: async (server) => void (await pool.query(keepSql, valuesOf(server))),
    leave: async (id) => void (await pool.query('delete from servers where id = $1', [id])),
    living: () => living(pool),
    clockOffsetMs: (now) => clockOffsetMs(pool, now),
  }
}

async function join(
  pool: pg.Pool,
  server: ServerFacts,
  admit: (others: readonly ServerFacts[]) => void,
): Promise<void> {
  const client = await pool.connect()
  let isLost = true
  try {
    await client.query('begin')
    await client.query('select pg_advisory_xact_lock(7302)')
    admit((await living(client)).filter(({ id }) => id !== server.id))
    await client.query(keepSql, valuesOf(server))
    await client.query('commit')
    isLost = false
  } finally {
    // After an error the connection goes, and its transaction with it.
    client.release(isLost)
  }
}

async function living(db: pg.Pool | pg.PoolClient): Promise<readonly ServerFacts[]> {
  return (await db.query<ServerFacts>(livingSql)).rows
}

async function clockOffsetMs(pool: pg.Pool, now: () => number): Promise<number> {
  const began = performance.now()
  const before = now()
  const { rows } = await pool.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::double precision as ms',
  )
  const halfWay = before + (performance.now() - began) / 2
  return Math.round(halfWay - (rows[0]?.ms ?? halfWay))
}

function valuesOf(server: ServerFacts): unknown[] {
  const { id, host, pid, place, role, version, commit, secretFingerprints, sessionStore } = server
  const fingerprints = [...secretFingerprints]
  const { clockOffsetMs: offset, startedAt } = server
  return [id, host, pid, role, version, commit, fingerprints, sessionStore, offset, startedAt, place]
}

const keepSql = `
  with forgotten as (
    delete from servers where seen_at < now() - interval '${2 * livingSeconds} seconds' and id <> $1
  )
  insert into servers (
    id, host, pid, role, version, commit, secret_fingerprints, session_store, clock_offset_ms, started_at, place,
    seen_at
  )
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
  on conflict (id) do update set clock_offset_ms = excluded.clock_offset_ms, seen_at = excluded.seen_at`

const livingSql = `
  select id, host, pid, place, role, version, commit, secret_fingerprints as "secretFingerprints",
    session_store as "sessionStore", clock_offset_ms as "clockOffsetMs", started_at as "startedAt"
  from servers where seen_at >= now() - interval '${livingSeconds} seconds' order by started_at, id`
