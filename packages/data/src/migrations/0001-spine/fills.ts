import { type Kysely, sql } from 'kysely'

/** The executions of orders. */
export async function createFillTables(db: Kysely<never>): Promise<void> {
  await sql`
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
      market_time timestamptz(3) not null,
      created_at timestamptz(3) not null default now(),
      primary key (broker_id, id),
      unique (broker_id, order_id, broker_trade_id),
      foreign key (broker_id, order_id) references orders,
      foreign key (broker_id, run_id) references runs
    );
    create index fills_of_run on fills (broker_id, run_id, market_time, id)
  `.execute(db)
}
