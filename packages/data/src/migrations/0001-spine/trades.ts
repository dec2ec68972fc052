import { type Kysely, sql } from 'kysely'

/** Lots still open and the round trips they became. */
export async function createTradeTables(db: Kysely<never>): Promise<void> {
  await sql`
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
      opened_at timestamptz(3) not null,
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
      entry_at timestamptz(3) not null,
      exit_at timestamptz(3) not null,
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
    create index trades_of_run on trades (broker_id, run_id, exit_at desc, id desc)
  `.execute(db)
}
