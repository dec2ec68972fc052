import { type Kysely, sql } from 'kysely'

/**
 * The account, its connection to the broker, its event log and its audit log. The run that an act was about is a column
 * because under row security an index on an expression of `detail` would not be used.
 */
export async function createAccountTables(db: Kysely<never>): Promise<void> {
  await sql`
    create table broker_accounts (
      broker_id text primary key check (broker_id ~ '^[A-Z0-9]{2,16}$'),
      name text not null,
      fence bigint not null default 0,
      event_seq bigint not null default 0,
      created_at timestamptz(3) not null default now()
    );

    create table broker_connections (
      broker_id text primary key references broker_accounts,
      api_key text not null,
      api_secret_encrypted bytea,
      access_token_encrypted bytea,
      key_id text not null,
      status text not null check (status in ('connected', 'expired', 'disconnected')),
      expires_at timestamptz(3),
      renewed_at timestamptz(3),
      renewed_by_device_id uuid,
      renewed_by_label text
    );

    create table events (
      broker_id text not null references broker_accounts,
      seq bigint not null,
      type text not null,
      payload jsonb not null,
      created_at timestamptz(3) not null default now(),
      primary key (broker_id, seq)
    );

    create table audit_log (
      broker_id text not null references broker_accounts,
      id bigint generated always as identity,
      time timestamptz(3) not null default now(),
      action text not null,
      device_id uuid,
      device_label text,
      ip text,
      detail jsonb not null default '{}',
      run_id text generated always as (detail ->> 'runId') stored,
      primary key (broker_id, id)
    );
    create index audit_log_of_run on audit_log (broker_id, run_id, id desc)
  `.execute(db)
}
