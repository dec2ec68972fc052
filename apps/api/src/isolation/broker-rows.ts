import type pg from 'pg'
import type { Canaries } from './canary.ts'

type Row = Readonly<Record<string, string>>

/** All that the database keeps of one account, as the owner sees it: rows in columns' text, by table. */
export type BrokerRows = ReadonlyMap<string, readonly Row[]>

/** Reads every row that carries the account's broker_id, whatever table it is in. */
export async function readBrokerRows(owner: pg.Client, brokerId: string): Promise<BrokerRows> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'broker_id' order by 1`,
  )
  const found = new Map<string, readonly Row[]>()
  for (const { name } of tables) {
    const { rows } = await owner.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(it) as row from ${name} as it where broker_id = $1 order by it::text`,
      [brokerId],
    )
    found.set(
      name,
      rows.map(({ row }) => textOf(row)),
    )
  }
  return found
}

/** As a text would be searched for it: strings as they are, everything else as JSON. */
function textOf(row: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) =>
      value === null ? [] : [[column, typeof value === 'string' ? value : JSON.stringify(value)]],
    ),
  )
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** Every UUID among the rows, wherever it stands. */
export function uuidsOf(rows: BrokerRows): ReadonlySet<string> {
  return new Set([...rows.values()].flatMap((list) => JSON.stringify(list).match(uuid) ?? []))
}

/** Every value that names something, under `table.column`: UUIDs, and columns called id, key, tag, seq, token and so on. */
export function idsOf(rows: BrokerRows): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, Set<string>>()
  for (const [table, list] of rows) {
    for (const [column, value] of list.flatMap((row) => Object.entries(row))) {
      const names = /(^|_)(id|key|tag|seq|token|hash|state|revision)$/.test(column)
      const values = names ? [value] : (value.match(uuid) ?? [])
      // A number of one digit is everybody's.
      if (column === 'broker_id' || values.length === 0 || value.length < 4) continue
      const known = ids.get(`${table}.${column}`) ?? new Set()
      ids.set(`${table}.${column}`, known)
      for (const each of values) known.add(each)
    }
  }
  return new Map([...ids].map(([kind, values]) => [kind, [...values]]))
}

/** Columns that hold words of a closed list, or text that a canary cannot be: everything else has to carry one. */
const unmarked: ReadonlySet<string> = new Set([
  'audit_log.action',
  'audit_log.ip',
  'audit_log.run_id',
  'broker_connections.key_id',
  'broker_connections.status',
  'events.type',
  'fills.side',
  'open_lots.side',
  'order_intents.order_type',
  'order_intents.outcome',
  'order_intents.side',
  'orders.status',
  'run_logs.level',
  'runs.desired',
  'runs.mode',
  'runs.status',
  'trades.mode',
  'trades.side',
])

/**
 * Throws unless the account has a row in every broker table and a canary in every column of text that could show it;
 * so a new table or column has to be added to the worlds of these proofs.
 */
export async function requireFullWorld(
  owner: pg.Client,
  rows: BrokerRows,
  canaries: Canaries,
): Promise<void> {
  const { rows: columns } = await owner.query<{ table: string; column: string; type: string }>(
    `select relname as table, attname as column, atttypid::regtype::text as type
     from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relforcerowsecurity order by 1, attnum`,
  )
  for (const table of new Set(columns.map((column) => column.table))) {
    if ((rows.get(table) ?? []).length > 0) continue
    throw new Error(
      `The broker table ${table} has no row of this world: add one to buildWorld in isolation/world.ts`,
    )
  }
  for (const { table, column, type } of columns) {
    const name = `${table}.${column}`
    if (!/^(text|jsonb?)$/.test(type) || column === 'broker_id' || unmarked.has(name)) continue
    if (rows.get(table)?.some((row) => row[column]?.includes(canaries.prefix))) continue
    throw new Error(
      `No row of this world has a canary in ${name}: write one in isolation/world.ts, or name the column among the ` +
        'unmarked ones of isolation/broker-rows.ts if it holds words of a closed list',
    )
  }
}
