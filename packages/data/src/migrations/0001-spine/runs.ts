import { type Kysely, sql } from 'kysely'

/** Runs and what they logged. */
export async function createRunTables(db: Kysely<never>): Promise<void> {
  await sql`
    create table runs (
      broker_id text not null references broker_accounts,
      id uuid not null,
      idempotency_key text not null,
      name text not null,
      strategy_id text not null,
      strategy_version text not null,
      params jsonb not null,
      mode text not null check (mode = 'paper'),
      desired text not null check (desired in ('running', 'stopped')),
      flatten boolean not null default false,
      status text not null default 'starting'
        check (status in ('starting', 'running', 'stopping', 'stopped', 'failed', 'killed')),
      stop_reason text,
      revision integer not null default 1,
      started_by_device_id uuid not null,
      started_by_label text not null,
      checkpoint jsonb,
      trade_count integer not null default 0,
      gross numeric not null default 0,
      charges numeric not null default 0,
      created_at timestamptz(3) not null default now(),
      started_at timestamptz(3),
      stopped_at timestamptz(3),
      last_activity_at timestamptz(3),
      primary key (broker_id, id),
      unique (broker_id, idempotency_key)
    );
    create index runs_newest on runs (broker_id, created_at desc, id desc);
    create index runs_active on runs (broker_id) where status in ('starting', 'running', 'stopping');

    create table run_logs (
      broker_id text not null,
      id bigint generated always as identity,
      run_id uuid not null,
      time timestamptz(3) not null default now(),
      market_time timestamptz(3),
      level text not null check (level in ('debug', 'info', 'warn', 'error')),
      message text not null,
      primary key (broker_id, run_id, id),
      foreign key (broker_id, run_id) references runs
    )
  `.execute(db)
}
