import type pg from 'pg'
import { NobodySession } from './tenant/nobody-session.ts'

/** A broker login under way. Digests are SHA-256: a dump of the table neither finishes a login nor opens its keys. */
export interface PendingSignInRow {
  readonly stateDigest: Buffer
  /** Of the secret that only the browser's cookie holds. */
  readonly browserDigest: Buffer
  readonly sealed: Buffer
  readonly keyId: string
  readonly expiresAt: Date
}

/** The broker logins under way on all processes of the server, which belong to no account before the broker answers. */
export interface PendingSignInTable {
  /** Keeps one; those that have expired by `now` go, and the oldest beyond `max`. */
  add(row: PendingSignInRow, now: Date): Promise<void>
  /** Takes one out, once, whoever asks first; undefined when it is not there or is another browser's. */
  take(
    stateDigest: Buffer,
    browserDigest: Buffer,
  ): Promise<Pick<PendingSignInRow, 'sealed' | 'keyId' | 'expiresAt'> | undefined>
}

/** The table of broker logins under way, with `max` rows at most. */
export function createPendingSignInTable(pool: pg.Pool, max = 10_000): PendingSignInTable {
  const session = new NobodySession(pool)
  return {
    async add({ stateDigest, browserDigest, sealed, keyId, expiresAt }, now) {
      await session.run(addSql, [stateDigest, browserDigest, sealed, keyId, expiresAt, now, max])
    },
    async take(stateDigest, browserDigest) {
      const { rows } = await session.run(takeSql, [stateDigest, browserDigest])
      const [row] = rows
      // What the statement selects, which its text says.
      return row as Pick<PendingSignInRow, 'sealed' | 'keyId' | 'expiresAt'> | undefined
    },
  }
}

/** Skips what another process is deleting already, so that two that sweep at once never wait for each other. */
const addSql = `
  with added as (
    insert into pending_sign_ins (state_digest, browser_digest, login_encrypted, key_id, expires_at)
    values ($1, $2, $3, $4, $5) returning id
  ), gone as (
    select state_digest from pending_sign_ins
    where expires_at <= $6 or id <= (select id from added) - $7::bigint
    for update skip locked
  )
  delete from pending_sign_ins where state_digest in (select state_digest from gone)`

const takeSql = `
  delete from pending_sign_ins where state_digest = $1 and browser_digest = $2
  returning login_encrypted as sealed, key_id as "keyId", expires_at as "expiresAt"`
