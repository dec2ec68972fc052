import { type Kysely, sql } from 'kysely'

/**
 * The processes of the server that are up, each told by itself every few seconds: what has to be the same on all of them
 * is compared here. Nothing in it is any account's. Of a secret there is a truncated digest only.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table servers (
      id uuid primary key,
      host text not null,
      pid integer not null,
      role text not null check (role in ('api', 'engine')),
      version text not null,
      commit text,
      secret_fingerprints text[] not null check (cardinality(secret_fingerprints) > 0),
      session_store text not null check (session_store in ('memory', 'redis', 'postgres')),
      clock_offset_ms integer not null,
      started_at timestamptz(3) not null,
      seen_at timestamptz(3) not null
    );
    create index servers_seen on servers (seen_at);
    grant select, insert, update, delete on servers to stratdesk_app
  `.execute(db)
}
