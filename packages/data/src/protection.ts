import type pg from 'pg'
import { brokerTables } from './tenant/scoped-tables.ts'

interface TableFacts {
  readonly name: string
  readonly isEnabled: boolean
  readonly isForced: boolean
  /** Every policy of the table as text. */
  readonly policies: readonly string[]
}

/** The one policy of every broker table, as Postgres tells it; migrations write it. */
const condition = "(broker_id = NULLIF(current_setting('app.broker_id'::text, true), ''::text))"
const ownRows = `PERMISSIVE ALL {public} ${condition} ${condition}`

/**
 * What is wrong with row security in a database, as `trades: row security is not forced`; nothing when every broker table
 * is there, enables and forces it, and has the one policy of its own rows for all commands and roles.
 */
export async function protectionFaults(pool: pg.Pool): Promise<readonly string[]> {
  const { rows } = await pool.query<TableFacts>({ text: tablesSql, values: [brokerTables] })
  const found = new Map(rows.map((table) => [table.name, table]))
  return brokerTables.flatMap((name) => faultsOf(found.get(name)).map((fault) => `${name}: ${fault}`))
}

/** How many tables hold rows of accounts. */
export const brokerTableCount = brokerTables.length

function faultsOf(table: TableFacts | undefined): readonly string[] {
  if (table === undefined) return ['the table is missing']
  const { isEnabled, isForced, policies } = table
  return [
    ...(isEnabled ? [] : ['row security is not enabled']),
    ...(isForced ? [] : ['row security is not forced']),
    ...(policies.length === 0 ? ['it has no policy'] : []),
    ...policies.filter((policy) => policy !== ownRows).map(() => 'it has a policy that is not ours'),
  ]
}

const tablesSql = `
  select relname as name, relrowsecurity as "isEnabled", relforcerowsecurity as "isForced",
    array(
      select concat_ws(' ', permissive, cmd, roles::text, qual, with_check)
      from pg_policies where schemaname = 'public' and tablename = relname
    ) as policies
  from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname = any($1)`
