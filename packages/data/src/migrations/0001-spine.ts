import { type Kysely, sql } from 'kysely'

/** What the application may do to each broker's table. History that money rests on is only ever added to. */
const grants = {
  broker_accounts: 'select, insert, update',
  broker_connections: 'select, insert, update, delete',
  runs: 'select, insert, update',
  run_logs: 'select, insert, delete',
  order_intents: 'select, insert, update',
  orders: 'select, insert, update',
  fills: 'select, insert',
  open_lots: 'select, insert, update, delete',
  trades: 'select, insert',
  events: 'select, insert, delete',
  audit_log: 'select, insert',
}

/**
 * The tables of the main job. Every broker table's keys begin with broker_id, because foreign keys and unique
 * checks ignore row security, and a key over all brokers would tell a stranger what exists.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table broker_accounts (
      broker_id text primary key check (broker_id ~ '^[A-Z0-9]{2,16}$'),
      name text not null,
      fence bigint not null default 0,
      event_seq bigint not null default 0,
      created_at timestamptz not null default now()
    );

    create table broker_connections (
      broker_id text primary key references broker_accounts,
      api_key text not null,
      api_secret_encrypted bytea,
      access_token_encrypted bytea,
      key_id text not null,
      status text not null check (status in ('connected', 'expired', 'disconnected')),
      expires_at timestamptz,
      renewed_at timestamptz,
      renewed_by_device_id uuid,
      renewed_by_label text
    );

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
      created_at timestamptz not null default now(),
      started_at timestamptz,
      stopped_at timestamptz,
      last_activity_at timestamptz,
      primary key (broker_id, id),
      unique (broker_id, idempotency_key)
    );
    create index runs_newest on runs (broker_id, created_at desc, id desc);
    create index runs_active on runs (broker_id) where status in ('starting', 'running', 'stopping');

    create table run_logs (
      broker_id text not null,
      id bigint generated always as identity,
      run_id uuid not null,
      time timestamptz not null default now(),
      market_time timestamptz,
      level text not null check (level in ('debug', 'info', 'warn', 'error')),
      message text not null,
      primary key (broker_id, run_id, id),
      foreign key (broker_id, run_id) references runs
    );

    create table order_intents (
      broker_id text not null,
      id uuid not null,
      run_id uuid not null,
      run_seq integer not null,
      tag text not null check (tag ~ '^[A-Za-z0-9]{1,20}$'),
      fence bigint not null,
      instrument_token integer not null,
      instrument text not null,
      side text not null check (side in ('buy', 'sell')),
      order_type text not null check (order_type in ('MARKET', 'LIMIT')),
      quantity integer not null check (quantity > 0),
      limit_price numeric,
      reason text not null,
      market_time timestamptz,
      outcome text not null default 'pending' check (outcome in ('pending', 'accepted', 'rejected', 'unknown')),
      outcome_message text,
      created_at timestamptz not null default now(),
      primary key (broker_id, id),
      unique (broker_id, run_id, run_seq),
      unique (broker_id, tag),
      foreign key (broker_id, run_id) references runs
    );
    create index order_intents_newest on order_intents (broker_id, created_at desc, id desc);
    create index order_intents_of_run on order_intents (broker_id, run_id, created_at desc, id desc);

    create table orders (
      broker_id text not null,
      id uuid not null,
      intent_id uuid not null,
      run_id uuid not null,
      broker_order_id text,
      status text not null check (status in ('open', 'complete', 'rejected', 'cancelled')),
      status_message text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (broker_id, id),
      unique (broker_id, intent_id),
      foreign key (broker_id, intent_id) references order_intents,
      foreign key (broker_id, run_id) references runs
    );

    create table fills (
      broker_id text not null,
      id uuid not null,
      order_id uuid not null,
      run_id uuid not null,
      broker_trade_id text not null,
      instrument_token integer not null,
      instrument text not null,
      side text not null check (side in ('buy', 'sell')),
      quantity integer not null check (quantity > 0),
      price numeric not null check (price > 0),
      charges numeric not null check (charges >= 0),
      reason text not null,
      market_time timestamptz not null,
      created_at timestamptz not null default now(),
      primary key (broker_id, id),
      unique (broker_id, order_id, broker_trade_id),
      foreign key (broker_id, order_id) references orders,
      foreign key (broker_id, run_id) references runs
    );
    create index fills_of_run on fills (broker_id, run_id, market_time, id);

    create table open_lots (
      broker_id text not null,
      run_id uuid not null,
      fill_id uuid not null,
      instrument_token integer not null,
      instrument text not null,
      side text not null check (side in ('long', 'short')),
      remaining integer not null check (remaining > 0),
      price numeric not null,
      charges numeric not null,
      reason text not null,
      opened_at timestamptz not null,
      primary key (broker_id, run_id, fill_id),
      foreign key (broker_id, fill_id) references fills
    );

    create table trades (
      broker_id text not null,
      id uuid not null,
      run_id uuid not null,
      strategy_id text not null,
      entry_fill_id uuid not null,
      exit_fill_id uuid not null,
      instrument text not null,
      side text not null check (side in ('long', 'short')),
      quantity integer not null check (quantity > 0),
      entry_price numeric not null,
      exit_price numeric not null,
      entry_at timestamptz not null,
      exit_at timestamptz not null,
      gross numeric not null,
      charges numeric not null,
      net numeric not null,
      entry_reason text not null,
      exit_reason text not null,
      mode text not null check (mode = 'paper'),
      primary key (broker_id, id),
      unique (broker_id, entry_fill_id, exit_fill_id),
      foreign key (broker_id, run_id) references runs,
      foreign key (broker_id, entry_fill_id) references fills,
      foreign key (broker_id, exit_fill_id) references fills
    );
    create index trades_newest on trades (broker_id, exit_at desc, id desc);
    create index trades_of_run on trades (broker_id, run_id, exit_at desc, id desc);

    create table events (
      broker_id text not null references broker_accounts,
      seq bigint not null,
      type text not null,
      payload jsonb not null,
      created_at timestamptz not null default now(),
      primary key (broker_id, seq)
    );

    create table audit_log (
      broker_id text not null references broker_accounts,
      id bigint generated always as identity,
      time timestamptz not null default now(),
      action text not null,
      device_id uuid,
      device_label text,
      ip text,
      detail jsonb not null default '{}',
      primary key (broker_id, id)
    );

    create table instruments (
      instrument_token integer primary key,
      exchange text not null,
      tradingsymbol text not null,
      name text not null,
      segment text not null,
      instrument_type text not null,
      lot_size integer not null,
      tick_size numeric not null,
      last_price numeric,
      last_price_at timestamptz,
      updated_at timestamptz not null default now(),
      unique (exchange, tradingsymbol)
    );

    create table candles (
      instrument_token integer not null,
      interval text not null check (interval in ('5s', '1m')),
      time timestamptz not null,
      open numeric not null,
      high numeric not null,
      low numeric not null,
      close numeric not null,
      primary key (instrument_token, interval, time)
    );
  `.execute(db)

  await createFunctions(db)
  await createRole(db)
  for (const [table, privileges] of Object.entries(grants)) await protect(db, table, privileges)
  await sql`grant select, insert, update, delete on instruments, candles to stratdesk_app`.execute(db)
  await sql`grant usage on all sequences in schema public to stratdesk_app`.execute(db)
}

/**
 * append_event numbers an account's events without gaps and keeps about the newest 10,000 of them.
 * refuse_stale_fence keeps an actor that has lost its account from deciding on orders; it waits for an actor that is
 * just taking the account.
 */
async function createFunctions(db: Kysely<never>): Promise<void> {
  await sql`
    create function append_event(event_type text, event_payload jsonb) returns bigint
    language plpgsql as $$
    declare next_seq bigint; owner text := nullif(current_setting('app.broker_id', true), '');
    begin
      update broker_accounts set event_seq = event_seq + 1 where broker_id = owner returning event_seq into next_seq;
      if next_seq is null then raise exception 'append_event: no such account'; end if;
      insert into events (broker_id, seq, type, payload) values (owner, next_seq, event_type, event_payload);
      if next_seq % 500 = 0 then
        delete from events where broker_id = owner and seq <= next_seq - 10000;
      end if;
      perform pg_notify('account_events', owner || ' ' || next_seq);
      return next_seq;
    end $$;

    create function notify_account_wanted() returns trigger
    language plpgsql as $$
    begin
      perform pg_notify('account_wanted', new.broker_id);
      return null;
    end $$;

    create trigger run_wanted after insert or update of desired on runs
      for each row execute function notify_account_wanted();

    create function refuse_stale_fence() returns trigger
    language plpgsql as $$
    declare current_fence bigint;
    begin
      select fence into current_fence from broker_accounts where broker_id = new.broker_id for share;
      if current_fence is distinct from new.fence then
        raise exception 'stale fence % (now %)', new.fence, current_fence using errcode = 'SD001';
      end if;
      return new;
    end $$;

    create trigger fenced before insert on order_intents
      for each row execute function refuse_stale_fence();
  `.execute(db)
}

/** The role is shared by all databases of a server, so another one may have made it, or be making it now. */
async function createRole(db: Kysely<never>): Promise<void> {
  await sql`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'stratdesk_app') then
        create role stratdesk_app nologin nobypassrls nosuperuser;
      end if;
    exception when duplicate_object or unique_violation then null; end $$
  `.execute(db)
  await sql`grant stratdesk_app to current_user`.execute(db)
  await sql`grant usage on schema public to stratdesk_app`.execute(db)
}

/** Without app.broker_id no row exists; the owner of the table is held to it too. */
async function protect(db: Kysely<never>, table: string, privileges: string): Promise<void> {
  const name = sql.table(table)
  await sql`alter table ${name} enable row level security`.execute(db)
  await sql`alter table ${name} force row level security`.execute(db)
  await sql`
    create policy own_rows on ${name}
      using (broker_id = nullif(current_setting('app.broker_id', true), ''))
      with check (broker_id = nullif(current_setting('app.broker_id', true), ''))
  `.execute(db)
  await sql`grant ${sql.raw(privileges)} on ${name} to stratdesk_app`.execute(db)
}
