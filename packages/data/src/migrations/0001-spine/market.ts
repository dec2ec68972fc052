import { type Kysely, sql } from 'kysely'

/** Instruments, when their list was last read to its end, and candles: nobody's data, so without row security. */
export async function createMarketTables(db: Kysely<never>): Promise<void> {
  await sql`
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
      last_price_at timestamptz(3),
      updated_at timestamptz(3) not null default now(),
      unique (exchange, tradingsymbol)
    );

    create table instrument_list (
      only_row boolean primary key default true check (only_row),
      read_at timestamptz(3) not null
    );

    create table candles (
      instrument_token integer not null,
      interval text not null check (interval in ('5s', '1m')),
      time timestamptz(3) not null,
      open numeric not null,
      high numeric not null,
      low numeric not null,
      close numeric not null,
      primary key (instrument_token, interval, time)
    );
    create index candles_oldest on candles (interval, time)
  `.execute(db)
}
