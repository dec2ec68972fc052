import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Devices } from './schema/devices.ts'

/** numeric: read as an exact decimal string, written as one. */
type Numeric = string
/** timestamptz(3): read as Date, written as Date or ISO text. Milliseconds and no finer, so that a cursor of a Date skips nothing. */
type Timestamp = ColumnType<Date, Date | string, Date | string>
type DefaultTimestamp = ColumnType<Date, Date | string | undefined, Date | string>
type Json<T> = ColumnType<T, string, string>
/** bigint: read as text by pg, so that nothing above 2^53 is rounded. */
type BigInteger = ColumnType<string, string | number, string | number>

interface BrokerAccounts {
  broker_id: string
  name: string
  /** Rises with each actor that takes the account; an intent carrying an older one is refused. */
  fence: ColumnType<string, string | number | undefined, string | number>
  /** The last number given to an event of this account. */
  event_seq: ColumnType<string, string | number | undefined, string | number>
  /** When the server's operator disabled the account; null while it may sign in. */
  disabled_at: Timestamp | null
  created_at: DefaultTimestamp
}

interface BrokerConnections {
  broker_id: string
  api_key: string
  api_secret_encrypted: Buffer | null
  access_token_encrypted: Buffer | null
  key_id: string
  status: 'connected' | 'expired' | 'disconnected'
  expires_at: Timestamp | null
  renewed_at: Timestamp | null
  renewed_by_device_id: string | null
  renewed_by_label: string | null
}

interface Runs {
  broker_id: string
  id: string
  idempotency_key: string
  name: string
  strategy_id: string
  strategy_version: string
  params: Json<Record<string, unknown>>
  mode: 'paper'
  desired: 'running' | 'stopped'
  flatten: Generated<boolean>
  status: Generated<'starting' | 'running' | 'stopping' | 'stopped' | 'failed' | 'killed'>
  stop_reason: string | null
  revision: Generated<number>
  started_by_device_id: string
  started_by_label: string
  /** Strategy snapshot and feed position as of the last processed market data; null before the first. */
  checkpoint: ColumnType<unknown, string | null | undefined, string | null>
  /** Sums over the run's closed round trips; each trade that is inserted is added by the database itself. */
  trade_count: GeneratedAlways<number>
  gross: GeneratedAlways<Numeric>
  charges: GeneratedAlways<Numeric>
  created_at: DefaultTimestamp
  started_at: Timestamp | null
  stopped_at: Timestamp | null
  last_activity_at: Timestamp | null
}

interface RunLogs {
  broker_id: string
  id: GeneratedAlways<string>
  run_id: string
  time: DefaultTimestamp
  market_time: Timestamp | null
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
}

interface OrderIntents {
  broker_id: string
  id: string
  run_id: string
  /** Counts the intents of a run from 1; with run_id it makes re-deciding after a crash harmless. */
  run_seq: number
  tag: string
  fence: BigInteger
  instrument_token: number
  instrument: string
  side: 'buy' | 'sell'
  order_type: 'MARKET' | 'LIMIT'
  quantity: number
  limit_price: Numeric | null
  reason: string
  market_time: Timestamp | null
  outcome: Generated<'pending' | 'accepted' | 'rejected' | 'unknown'>
  outcome_message: string | null
  created_at: DefaultTimestamp
}

interface Orders {
  broker_id: string
  id: string
  intent_id: string
  run_id: string
  broker_order_id: string | null
  status: 'open' | 'complete' | 'rejected' | 'cancelled'
  status_message: string | null
  created_at: DefaultTimestamp
  updated_at: DefaultTimestamp
}

interface Fills {
  broker_id: string
  id: string
  order_id: string
  run_id: string
  broker_trade_id: string
  instrument_token: number
  instrument: string
  side: 'buy' | 'sell'
  quantity: number
  price: Numeric
  charges: Numeric
  reason: string
  market_time: Timestamp
  created_at: DefaultTimestamp
}

/** What is left open of an entry fill; the first-in, first-out ledger consumes these. */
interface OpenLots {
  broker_id: string
  run_id: string
  fill_id: string
  instrument_token: number
  instrument: string
  side: 'long' | 'short'
  remaining: number
  price: Numeric
  /** Entry charges not yet carried into a trade. */
  charges: Numeric
  reason: string
  opened_at: Timestamp
}

interface Trades {
  broker_id: string
  id: string
  run_id: string
  strategy_id: string
  entry_fill_id: string
  exit_fill_id: string
  instrument: string
  side: 'long' | 'short'
  quantity: number
  entry_price: Numeric
  exit_price: Numeric
  entry_at: Timestamp
  exit_at: Timestamp
  gross: Numeric
  charges: Numeric
  net: Numeric
  entry_reason: string
  exit_reason: string
  mode: 'paper'
}

interface Events {
  broker_id: string
  seq: BigInteger
  type: string
  payload: Json<unknown>
  created_at: DefaultTimestamp
}

interface AuditLog {
  broker_id: string
  id: GeneratedAlways<string>
  time: DefaultTimestamp
  action: string
  device_id: string | null
  device_label: string | null
  ip: string | null
  /** Plain facts, never a secret. */
  detail: Json<Record<string, string | number | boolean | null>>
  /** The run that `detail` names. */
  run_id: GeneratedAlways<string | null>
}

interface Instruments {
  instrument_token: number
  exchange: string
  tradingsymbol: string
  name: string
  segment: string
  instrument_type: string
  lot_size: number
  tick_size: Numeric
  last_price: Numeric | null
  last_price_at: Timestamp | null
  updated_at: DefaultTimestamp
}

interface InstrumentList {
  only_row: Generated<boolean>
  /** When the reading of the list began that last came to its end. */
  read_at: Timestamp
}

interface Candles {
  instrument_token: number
  interval: '5s' | '1m'
  time: Timestamp
  open: Numeric
  high: Numeric
  low: Numeric
  close: Numeric
}

/** Tables whose every row belongs to one broker: reached through a BrokerScope, never otherwise. */
export interface BrokerTables {
  broker_accounts: BrokerAccounts
  broker_connections: BrokerConnections
  devices: Devices
  runs: Runs
  run_logs: RunLogs
  order_intents: OrderIntents
  orders: Orders
  fills: Fills
  open_lots: OpenLots
  trades: Trades
  events: Events
  audit_log: AuditLog
}

/** Tables that hold nobody's data: market data only. */
export interface GlobalTables {
  instruments: Instruments
  instrument_list: InstrumentList
  candles: Candles
}

export type Database = BrokerTables & GlobalTables
