import type pg from 'pg'
import { batchedByKey } from './batched-by-key.ts'
import { createPool } from './pool.ts'
import {
  endAccountSql,
  endSql,
  findSql,
  keepSql,
  liveSql,
  lockSql,
  overDeviceSql,
  overfullSql,
  renameSql,
  seenSql,
  sweepSql,
} from './sessions/statements.ts'

/** A session as it is stored; `endReason` is null while it is live, everything else but the key is null after. */
export interface SessionRow {
  readonly key: string
  readonly brokerId: string | null
  readonly deviceId: string | null
  readonly label: string | null
  readonly userAgent: string | null
  readonly ip: string | null
  readonly createdAt: Date | null
  readonly authenticatedAt: Date | null
  readonly lastSeenAt: Date | null
  readonly expiresAt: Date | null
  readonly endedAt: Date | null
  readonly endReason: string | null
}

/** A session to be stored. */
export type NewSession = {
  readonly [Column in Exclude<keyof SessionRow, 'endedAt' | 'endReason'>]: NonNullable<SessionRow[Column]>
}

/** What counts as live: it expires after `now` and was seen at `seenSince` or later. */
export interface LiveAt {
  readonly now: Date
  readonly seenSince: Date
}

/** The table `sessions`, which the session store alone may name. Every call is one statement or one transaction. */
export interface SessionTable {
  /** The row of a key, live or ended. */
  find(key: string): Promise<SessionRow | undefined>
  /** Marks a session as seen unless it has ended or was seen after `before`; undefined when there was nothing to mark. */
  markSeen(key: string, now: Date, before: Date): Promise<SessionRow | undefined>
  /**
   * Stores a session unless its key has ended, in place of any other of its device. Answers the sessions that had to go
   * so that the account has at most `max`. Calls about one account wait for each other.
   */
  keep(session: NewSession, at: LiveAt, max: number): Promise<readonly SessionRow[]>
  /** Ends the session of a key, also of one that is not there; the first reason stays. */
  end(key: string, reason: string, now: Date): Promise<void>
  /** Ends the sessions of devices of an account; answers those that were live, as they were. */
  endDevices(
    brokerId: string,
    deviceIds: readonly string[],
    reason: string,
    at: LiveAt,
  ): Promise<readonly SessionRow[]>
  /** The live sessions of an account, in the order in which they were stored. */
  live(brokerId: string, at: LiveAt): Promise<readonly SessionRow[]>
  rename(brokerId: string, deviceId: string, label: string, at: LiveAt): Promise<SessionRow | undefined>
  /** Deletes sessions that have expired and endings from before `endedBefore`, a batch at a time; answers how many. */
  sweep(at: LiveAt, endedBefore: Date): Promise<number>
  check(): Promise<void>
  close(): Promise<void>
}

interface SessionTableSettings {
  readonly url: string
  /** The server gives a statement up after so long, and so is waiting for a connection. */
  readonly timeoutMs: number
  readonly max?: number
  readonly onError?: (error: Error) => void
}

const sweepBatch = 500

/** Opens the table on connections of its own, so that slow pages never keep a sign-out waiting. */
export function openSessionTable({ url, timeoutMs, max = 4, onError }: SessionTableSettings): SessionTable {
  const pool = createPool({
    url,
    min: 1,
    max,
    statementTimeoutMs: timeoutMs,
    connectionTimeoutMs: timeoutMs,
    applicationName: 'stratdesk-sessions',
    // Its sweep looks at all sessions.
    prefersIndexes: false,
    ...(onError ? { onError } : {}),
  })
  const rows = (text: string, values: readonly unknown[]) => query(pool, text, values)
  return {
    find: batchedByKey(
      async (keys) => new Map((await rows(findSql, [keys])).map((row) => [row.key, row] as const)),
    ),
    markSeen: async (key, now, before) => (await rows(seenSql, [key, now, before]))[0],
    keep: (session, at, most) => keep(pool, session, at, most),
    end: async (key, reason, now) => void (await rows(endSql, [key, reason, now])),
    endDevices: (brokerId, deviceIds, reason, { now, seenSince }) =>
      inAccount(pool, brokerId, (client) =>
        query(client, endAccountSql, [brokerId, [...deviceIds], reason, now, seenSince]),
      ),
    live: (brokerId, { now, seenSince }) => rows(liveSql, [brokerId, now, seenSince]),
    rename: async (brokerId, deviceId, label, { now, seenSince }) =>
      (await rows(renameSql, [brokerId, deviceId, label, now, seenSince]))[0],
    async sweep({ now, seenSince }, endedBefore) {
      let swept = 0
      for (;;) {
        const { rowCount } = await pool.query(sweepSql, [now, seenSince, endedBefore, sweepBatch])
        swept += rowCount ?? 0
        if ((rowCount ?? 0) < sweepBatch) return swept
      }
    },
    check: async () => void (await pool.query('select from sessions limit 1')),
    close: () => pool.end(),
  }
}

async function keep(
  pool: pg.Pool,
  session: NewSession,
  { now, seenSince }: LiveAt,
  max: number,
): Promise<readonly SessionRow[]> {
  const { key, brokerId, deviceId, label, userAgent, ip, ...times } = session
  const { createdAt, authenticatedAt, lastSeenAt, expiresAt } = times
  return await inAccount(pool, brokerId, async (client) => {
    const values = [key, brokerId, deviceId, label, userAgent, ip]
    const kept = await query(client, keepSql, [...values, createdAt, authenticatedAt, lastSeenAt, expiresAt])
    if (kept.length === 0) return []
    await query(client, overDeviceSql, [key, brokerId, deviceId, now, seenSince])
    return await query(client, overfullSql, [brokerId, now, max])
  })
}

/** One transaction at a time for an account, so that two sign-ins at once never both count the other out. */
async function inAccount<Result>(
  pool: pg.Pool,
  brokerId: string,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  let isLost = true
  try {
    await client.query('begin')
    await client.query(lockSql, [brokerId])
    const result = await work(client)
    await client.query('commit')
    isLost = false
    return result
  } finally {
    // After an error the connection goes, and its transaction with it.
    client.release(isLost)
  }
}

async function query(
  db: pg.Pool | pg.PoolClient,
  text: string,
  values: readonly unknown[],
): Promise<readonly SessionRow[]> {
  const { rows } = await db.query<SessionRow>({ name: nameOf(text), text, values: [...values] })
  return rows
}

const names = new Map<string, string>()

/** A closed list of texts, each prepared once a connection. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `session_${names.size}`
  names.set(text, name)
  return name
}
