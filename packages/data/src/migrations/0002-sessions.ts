import { type Kysely, sql } from 'kysely'

/**
 * Sessions, for servers that keep them in Postgres: looked up by the SHA-256 of an id before any broker is known, so
 * without row security. A row whose session has ended keeps its key and the reason and forgets everything else; it
 * stays for ten minutes, so that nothing under way writes the session anew.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table sessions (
      key text primary key,
      position bigint generated always as identity,
      broker_id text,
      device_id text,
      label text,
      user_agent text,
      ip text,
      created_at timestamptz(3),
      authenticated_at timestamptz(3),
      last_seen_at timestamptz(3),
      expires_at timestamptz(3),
      ended_at timestamptz(3),
      end_reason text,
      constraint live_or_ended check (
        num_nonnulls(
          broker_id, device_id, label, user_agent, ip, created_at, authenticated_at, last_seen_at, expires_at
        ) = case when ended_at is null then 9 else 0 end
        and (ended_at is null) = (end_reason is null)
      )
    ) with (fillfactor = 80);
    create index sessions_of_account on sessions (broker_id, position) where ended_at is null;
    create index sessions_expired on sessions (expires_at) where ended_at is null;
    create index sessions_ended on sessions (ended_at) where ended_at is not null;
    grant select, insert, update, delete on sessions to stratdesk_app
  `.execute(db)
}
