/** Statements on the table `sessions`. Whether a session has expired is decided by the times given, never by now(). */

const columns = `
  key, broker_id as "brokerId", device_id as "deviceId", label, user_agent as "userAgent", ip,
  created_at as "createdAt", authenticated_at as "authenticatedAt", last_seen_at as "lastSeenAt",
  expires_at as "expiresAt", ended_at as "endedAt", end_reason as "endReason"`

/** What an ending leaves of a session. */
const forget = `
  broker_id = null, device_id = null, label = null, user_agent = null, ip = null,
  created_at = null, authenticated_at = null, last_seen_at = null, expires_at = null`

export const lockSql = `select pg_advisory_xact_lock(hashtextextended('sessions of ' || $1, 0))`

/** $1 keys. */
export const findSql = `select ${columns} from sessions where key = any($1)`

/** $1 key, $2 now, $3 seen before. */
export const seenSql = `
  update sessions set last_seen_at = $2 where key = $1 and ended_at is null and last_seen_at <= $3
  returning ${columns}`

/** A key that has ended is not written again: of an ending and this at once, whichever comes later sees the other. */
export const keepSql = `
  insert into sessions as known (
    key, broker_id, device_id, label, user_agent, ip, created_at, authenticated_at, last_seen_at, expires_at
  )
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (key) do update set
    broker_id = $2, device_id = $3, label = $4, user_agent = $5, ip = $6,
    created_at = $7, authenticated_at = $8, last_seen_at = $9, expires_at = $10
  where known.ended_at is null
  returning key`

/** Ends the other sessions of a device, and those of its account that have expired. $4 now, $5 seen since. */
export const overDeviceSql = `
  update sessions set ${forget}, ended_at = $4::timestamptz,
    end_reason = case when expires_at <= $4 or last_seen_at < $5 then 'expired' else 'signed-in-again' end
  where key <> $1 and broker_id = $2 and ended_at is null
    and (device_id = $3 or expires_at <= $4 or last_seen_at < $5)`

/** Ends what an account has beyond its newest sessions. $1 account, $2 now, $3 how many may stay. */
export const overfullSql = `
  with over as materialized (
    select * from sessions where broker_id = $1 and ended_at is null
    order by position desc offset $3 for update
  ), gone as (
    update sessions set ${forget}, ended_at = $2::timestamptz, end_reason = 'too-many-devices'
    where key in (select key from over)
  )
  select ${columns} from over order by position`

/** $1 key, $2 reason, $3 now. */
export const endSql = `
  insert into sessions as known (key, end_reason, ended_at) values ($1, $2, $3)
  on conflict (key) do update set ${forget}, ended_at = $3, end_reason = $2
  where known.ended_at is null`

/** $1 account, $2 devices, $3 reason, $4 now, $5 seen since. */
export const endAccountSql = `
  with meant as materialized (
    select * from sessions
    where broker_id = $1 and device_id = any($2) and ended_at is null and expires_at > $4 and last_seen_at >= $5
    order by position for update
  ), gone as (
    update sessions set ${forget}, ended_at = $4::timestamptz, end_reason = $3
    where key in (select key from meant)
  )
  select ${columns} from meant order by position`

/** $1 account, $2 now, $3 seen since. */
export const liveSql = `
  select ${columns} from sessions
  where broker_id = $1 and ended_at is null and expires_at > $2 and last_seen_at >= $3
  order by position`

/** $1 account, $2 device, $3 label, $4 now, $5 seen since. */
export const renameSql = `
  update sessions set label = $3
  where broker_id = $1 and device_id = $2 and ended_at is null and expires_at > $4 and last_seen_at >= $5
  returning ${columns}`

/** Skips what another process is deleting already. $1 now, $2 seen since, $3 ended before, $4 how many at most. */
export const sweepSql = `
  delete from sessions where key in (
    select key from sessions
    where (ended_at is null and (expires_at <= $1 or last_seen_at < $2)) or ended_at <= $3
    limit $4 for update skip locked
  )`
