/** Statements on market data. Each takes its rows as one JSON array, so that any number of rows is one prepared text. */

/** A symbol that has moved to another token would break the unique key of the upsert behind this. */
export const removeRenamedSql = `
  delete from instruments
  using jsonb_to_recordset($1::jsonb) as input (instrument_token integer, exchange text, tradingsymbol text)
  where instruments.exchange = input.exchange
    and instruments.tradingsymbol = input.tradingsymbol
    and instruments.instrument_token <> input.instrument_token`

export const upsertInstrumentsSql = `
  insert into instruments as known
    (instrument_token, exchange, tradingsymbol, name, segment, instrument_type, lot_size, tick_size)
  select * from jsonb_to_recordset($1::jsonb) as input (
    instrument_token integer, exchange text, tradingsymbol text, name text, segment text, instrument_type text,
    lot_size integer, tick_size numeric
  )
  on conflict (instrument_token) do update set
    exchange = excluded.exchange, tradingsymbol = excluded.tradingsymbol, name = excluded.name,
    segment = excluded.segment, instrument_type = excluded.instrument_type, lot_size = excluded.lot_size,
    tick_size = excluded.tick_size, updated_at = now()`

/** Locks the rows in the order of their tokens first: two processes that write the same ones never wait crosswise. */
export const recordPricesSql = `
  with input as materialized (
    select * from jsonb_to_recordset($1::jsonb)
      as row (instrument_token integer, last_price numeric, last_price_at timestamptz)
  ), locked as materialized (
    select instrument_token from instruments
    where instrument_token in (select instrument_token from input)
    order by instrument_token for no key update
  )
  update instruments set last_price = input.last_price, last_price_at = input.last_price_at
  from input join locked using (instrument_token)
  where instruments.instrument_token = input.instrument_token
    and (instruments.last_price_at is null or instruments.last_price_at < input.last_price_at)`

export const upsertCandlesSql = `
  insert into candles as known (instrument_token, interval, time, open, high, low, close)
  select * from jsonb_to_recordset($1::jsonb) as input (
    instrument_token integer, interval text, time timestamptz, open numeric, high numeric, low numeric, close numeric
  )
  order by instrument_token, interval, time
  on conflict (instrument_token, interval, time) do update set
    high = greatest(known.high, excluded.high), low = least(known.low, excluded.low), close = excluded.close
  where (known.high, known.low, known.close) is distinct from
    (greatest(known.high, excluded.high), least(known.low, excluded.low), excluded.close)`

/** The newest candles of a range. $1 token, $2 stored interval, $3 from, $4 to, $5 limit. */
export const storedCandlesSql = `
  select time, open, high, low, close from (
    select * from candles
    where instrument_token = $1 and interval = $2 and time >= $3 and time < $4
    order by time desc limit $5
  ) as newest
  order by time`

/** The newest wider candles of a range, made of one-minute ones. $1 token, $2 width, $3 from, $4 to, $5 limit. */
export const widerCandlesSql = `
  select * from (
    select
      date_bin($2::interval, time, timestamptz '2000-01-01 00:00+05:30') as time,
      (array_agg(open order by time))[1] as open, max(high) as high, min(low) as low,
      (array_agg(close order by time desc))[1] as close
    from candles
    where instrument_token = $1 and interval = '1m' and candles.time >= $3 and candles.time < $4
    group by 1 order by 1 desc limit $5
  ) as newest
  order by time`
