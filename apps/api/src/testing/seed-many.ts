import pg from 'pg'

/**
 * Fills every broker table for the named accounts and for strangers beside them, with enough rows that Postgres has a
 * choice of plans. Written as the owner and without checking foreign keys; the accounts' own rows must be there.
 */
export async function seedMany(url: string, brokerIds: readonly string[]): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query("set session_replication_role = replica; set timezone = 'UTC'")
    await client.query(seedId)
    await client.query(accounts)
    const strangers = Array.from({ length: 30 }, (_, index) => `Q${1000 + index}`)
    for (const statement of perBroker) await client.query(statement, [[...brokerIds, ...strangers]])
    await client.query('vacuum analyze')
  } finally {
    await client.end()
  }
}

/** The id of the seeded run of an account that has most of its rows. */
export async function busyRun(url: string, brokerId: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ id: string }>(
    "select id from runs where broker_id = $1 and name = 'Run 1'",
    [brokerId],
  )
  await client.end()
  return rows[0]?.id ?? ''
}

/** A UUID of version 4 made of a text. */
const seedId = `
  create function pg_temp.seed_id(seed text) returns uuid immutable
  return overlay(overlay(md5(seed) placing '4' from 13) placing '8' from 17)::uuid`

const accounts = `
  insert into broker_accounts (broker_id, name) select 'Q' || n, 'A stranger' from generate_series(1000, 3999) n;
  insert into broker_connections (broker_id, api_key, key_id, status)
  select 'Q' || n, 'key', 'id', 'expired' from generate_series(1000, 3999) n;
  insert into sessions (key, broker_id, device_id, label, user_agent, ip, created_at, authenticated_at, last_seen_at,
    expires_at)
  select b || 'key' || n, 'Q' || b, pg_temp.seed_id(b || 'device' || n), 'Chrome on Linux', 'Chrome', '192.0.2.7', now(),
    now(), now(), now() + interval '1 day'
  from generate_series(1000, 3999) b, generate_series(1, 5) n`

const brokers = 'unnest($1::text[]) as b'
const runOf = "pg_temp.seed_id(b || 'run' || (n % 4 + 1))"
const at = "timestamptz '2026-01-05 04:00:00+00' + n * interval '11 minutes'"

const perBroker = [
  'update broker_accounts set event_seq = 400 where broker_id = any($1)',
  `insert into runs (broker_id, id, idempotency_key, name, strategy_id, strategy_version, params, mode, desired, status,
     started_by_device_id, started_by_label, created_at)
   select b, pg_temp.seed_id(b || 'run' || n), 'seed-' || n, 'Run ' || n, 'ema-crossover', '1.0.0', '{}', 'paper', 'stopped',
     case n when 1 then 'running' else 'stopped' end, pg_temp.seed_id(b), 'Chrome on Linux', ${at}
   from ${brokers}, generate_series(1, 150) n`,
  `insert into run_logs (broker_id, run_id, level, message)
   select b, ${runOf}, 'info', 'Line ' || n from ${brokers}, generate_series(1, 400) n`,
  `insert into order_intents (broker_id, id, run_id, run_seq, tag, fence, instrument_token, instrument, side, order_type,
     quantity, reason, created_at)
   select b, pg_temp.seed_id(b || 'intent' || n), ${runOf}, n, 'tag' || n, 1, 1, 'SIM:SPX500', 'buy', 'MARKET', 10, 'Crossed',
     ${at} from ${brokers}, generate_series(1, 600) n`,
  `insert into orders (broker_id, id, intent_id, run_id, status)
   select b, pg_temp.seed_id(b || 'order' || n), pg_temp.seed_id(b || 'intent' || n), ${runOf}, 'complete'
   from ${brokers}, generate_series(1, 600) n`,
  `insert into fills (broker_id, id, order_id, run_id, broker_trade_id, instrument_token, instrument, side, quantity,
     price, charges, reason, market_time)
   select b, pg_temp.seed_id(b || 'fill' || n), pg_temp.seed_id(b || 'order' || n), ${runOf}, 'paper-1', 1, 'SIM:SPX500', 'buy', 10,
     100, 0.5, 'Crossed', ${at} from ${brokers}, generate_series(1, 600) n`,
  `insert into open_lots (broker_id, run_id, fill_id, instrument_token, instrument, side, remaining, price, charges,
     reason, opened_at)
   select b, ${runOf}, pg_temp.seed_id(b || 'fill' || n), 1, 'SIM:SPX500', 'long', 10, 100, 0.5, 'Crossed', ${at}
   from ${brokers}, generate_series(1, 60) n`,
  `insert into trades (broker_id, id, run_id, strategy_id, entry_fill_id, exit_fill_id, instrument, side, quantity,
     entry_price, exit_price, entry_at, exit_at, gross, charges, net, entry_reason, exit_reason, mode)
   select b, pg_temp.seed_id(b || 'trade' || n), ${runOf}, 'ema-crossover', pg_temp.seed_id(b || 'fill' || n),
     pg_temp.seed_id(b || 'exit' || n), 'SIM:SPX500', 'long', 10, 100, 101, ${at}, ${at}, 10, 1, 9, 'Crossed', 'Crossed', 'paper'
   from ${brokers}, generate_series(1, 600) n`,
  `insert into events (broker_id, seq, type, payload)
   select b, 100 + n, 'run', '{}' from ${brokers}, generate_series(1, 300) n`,
  `insert into audit_log (broker_id, time, action, device_id, device_label, detail)
   select b, ${at}, (array['run-started', 'run-stop-requested', 'signed-in', 'signed-out', 'device-renamed'])[n % 5 + 1],
     pg_temp.seed_id('device' || n % 8), 'Chrome on Linux', jsonb_build_object('runId', ${runOf})
   from ${brokers}, generate_series(1, 600) n`,
  `insert into devices (broker_id, id, label, user_agent, first_signed_in_at, last_signed_in_at)
   select b, pg_temp.seed_id(b || 'device' || n), 'Chrome on Linux', 'Chrome', ${at}, ${at}
   from ${brokers}, generate_series(1, 20) n`,
]
