import { type Kysely, sql } from 'kysely'

/** What was decided, and what became of it. */
export async function createOrderTables(db: Kysely<never>): Promise<void> {
  await sql`
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
      market_time timestamptz(3),
      outcome text not null default 'pending' check (outcome in ('pending', 'accepted', 'rejected', 'unknown')),
      outcome_message text,
      created_at timestamptz(3) not null default now(),
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
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (broker_id, id),
      unique (broker_id, intent_id),
      foreign key (broker_id, intent_id) references order_intents,
      foreign key (broker_id, run_id) references runs
    )
  `.execute(db)
}
