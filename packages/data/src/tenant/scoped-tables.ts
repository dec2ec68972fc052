import {
  type ColumnType,
  type Compilable,
  type DeleteQueryBuilder,
  type DeleteResult,
  type InsertObject,
  type InsertQueryBuilder,
  type InsertResult,
  NOOP_QUERY_EXECUTOR,
  QueryCreator,
  type QueryExecutor,
  type Selectable,
  type UpdateQueryBuilder,
  type UpdateResult,
  type WithNode,
} from 'kysely'
import type { BrokerTables, Database, GlobalTables } from '../schema.ts'
import { brokerPlaceholder } from './compiler.ts'

/** A broker table as its broker sees it: broker_id can be read, never written. */
type Scoped<Table> = {
  [Column in keyof Table]: Column extends 'broker_id' ? ColumnType<string, never, never> : Table[Column]
}

/** The tables of a scope. */
export type ScopedDatabase = { [Name in keyof BrokerTables]: Scoped<BrokerTables[Name]> } & GlobalTables

export type BrokerTable = keyof BrokerTables
export type ReadableTable = keyof Database

/** Selects from the named tables only, each showing this broker's rows only. */
export type Read<Table extends ReadableTable> = Pick<QueryCreator<Pick<ScopedDatabase, Table>>, 'selectFrom'>

/** A row to insert: without broker_id, which the scope writes itself. */
export type NewRow<Table extends BrokerTable> = InsertObject<ScopedDatabase, Table>

/** A row as it is read. */
export type RowOf<Table extends ReadableTable> = Selectable<ScopedDatabase[Table]>

export type Insert<Table extends BrokerTable> = InsertQueryBuilder<
  Pick<ScopedDatabase, Table>,
  Table,
  InsertResult
>
export type Update<Table extends BrokerTable> = UpdateQueryBuilder<
  Pick<ScopedDatabase, Table>,
  Table,
  Table,
  UpdateResult
>
export type Delete<Table extends BrokerTable> = DeleteQueryBuilder<
  Pick<ScopedDatabase, Table>,
  Table,
  DeleteResult
>

/** A complete insert, update or delete of a scope that brings no rows back. */
export type Write = Compilable<InsertResult | UpdateResult | DeleteResult>

/** Which tables belong to brokers; the type makes forgetting one an error. */
const isBrokerTable: { readonly [Name in keyof Database]: Name extends BrokerTable ? true : false } = {
  broker_accounts: true,
  broker_connections: true,
  devices: true,
  runs: true,
  run_logs: true,
  order_intents: true,
  orders: true,
  fills: true,
  open_lots: true,
  trades: true,
  events: true,
  audit_log: true,
  instruments: false,
  instrument_list: false,
  candles: false,
}

/** The names of all broker tables. */
export const brokerTables = Object.entries(isBrokerTable).flatMap(([name, isBrokers]) =>
  isBrokers ? [name] : [],
)

/** Selects from the named tables through an executor, shadowed. */
export function readThrough<Table extends ReadableTable>(
  executor: QueryExecutor,
  tables: readonly ReadableTable[],
): QueryCreator<Pick<ScopedDatabase, Table>> {
  const withNode = shadow(tables)
  return new QueryCreator({ executor, ...(withNode && { withNode }) })
}

const shadows = new Map<string, WithNode | undefined>()

/**
 * The `with` clause that hides each named broker table behind this broker's rows. Made once for each set of tables and
 * shared by all brokers: the broker is a placeholder. The sets are written in the source, so this map is small.
 */
function shadow(tables: readonly ReadableTable[]): WithNode | undefined {
  const key = tables.join()
  if (!shadows.has(key)) shadows.set(key, buildShadow(tables))
  return shadows.get(key)
}

/** A table of any broker table's common columns: enough for the shadow, which is the same for all. */
interface AnyTable {
  table: { broker_id: unknown }
}

function buildShadow(tables: readonly ReadableTable[]): WithNode | undefined {
  const hidden = [...new Set(tables)].filter((table) => isBrokerTable[table])
  let creator = new QueryCreator<AnyTable>({ executor: NOOP_QUERY_EXECUTOR })
  for (const table of hidden) {
    // All broker tables look alike here; the name alone differs.
    const name = table as unknown as 'table'
    creator = creator.with(
      (cte) => cte(name).notMaterialized(),
      (db) => db.selectFrom(name).selectAll().where('broker_id', '=', brokerPlaceholder),
    )
  }
  return creator.selectFrom('table').selectAll().toOperationNode().with
}
