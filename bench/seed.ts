import pg from 'pg'

/** Broker accounts that the benchmarks fill; the simulated broker knows users of these names. */
export function brokerIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `UK${String(index + 1).padStart(4, '0')}`)
}

/**
 * Fills a migrated database: `trades` round trips for each broker, over four runs, with texts and amounts of the
 * sizes a user has. Written as the owner and without checking foreign keys, in one statement a table.
 */
export async function seedTrades(
  url: string,
  { brokers, trades }: { brokers: number; trades: number },
): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query("set session_replication_role = replica; set timezone = 'UTC'")
    for (const brokerId of brokerIds(brokers)) {
      await client.query(
        `insert into broker_accounts (broker_id, name) values ($1, $1) on conflict do nothing`,
        [brokerId],
      )
      await client.query(runs, [brokerId])
      await client.query(roundTrips, [brokerId, trades])
    }
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

const runs = `
  insert into runs (broker_id, id, idempotency_key, name, strategy_id, strategy_version, params, mode, desired, status,
    started_by_device_id, started_by_label)
  select $1, md5($1 || 'run' || n)::uuid, 'seed-' || n, 'EMA crossover ' || n, 'ema-crossover', '1.0.0', '{}', 'paper',
    'stopped', 'stopped', md5($1)::uuid, 'Chrome on Linux'
  from generate_series(1, 4) n`

const roundTrips = `
  insert into trades (broker_id, id, run_id, strategy_id, entry_fill_id, exit_fill_id, instrument, side, quantity,
    entry_price, exit_price, entry_at, exit_at, gross, charges, net, entry_reason, exit_reason, mode)
  select $1, md5($1 || 'trade' || n)::uuid, md5($1 || 'run' || (n % 4 + 1))::uuid, 'ema-crossover',
    md5($1 || 'in' || n)::uuid, md5($1 || 'out' || n)::uuid, 'SIM:SPX500', case n % 2 when 0 then 'long' else 'short' end,
    10 + n % 40, price, price + move, at, at + interval '7 minutes', move * (10 + n % 40), 41.37,
    move * (10 + n % 40) - 41.37,
    'EMA 3 crossed above EMA 8: ' || price || ' > ' || price - 0.35, 'Stop-loss 2 %: ' || price + move || ' reached', 'paper'
  from (
    select n, round((1400 + 200 * sin(n / 17.0))::numeric, 2) as price, round((12 * cos(n / 3.0))::numeric, 2) as move,
      timestamptz '2026-01-05 04:00:00+00' + n * interval '11 minutes' as at
    from generate_series(1, $2::int) n
  ) prices`
