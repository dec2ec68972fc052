import type { Kysely } from 'kysely'
import { createAccountSearch } from './0001-spine/account-search.ts'
import { createAccountTables } from './0001-spine/accounts.ts'
import { createFillTables } from './0001-spine/fills.ts'
import { createFunctions } from './0001-spine/functions.ts'
import { createMarketTables } from './0001-spine/market.ts'
import { createOrderTables } from './0001-spine/orders.ts'
import { protectTables } from './0001-spine/protection.ts'
import { createRunTables } from './0001-spine/runs.ts'
import { createTradeTables } from './0001-spine/trades.ts'

/**
 * The tables of the main job. Every broker table's keys begin with broker_id, because foreign keys and unique
 * checks ignore row security, and a key over all brokers would tell a stranger what exists. Instants are cut to
 * milliseconds, what a JavaScript Date holds: a cursor made from a finer one would skip rows.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await createAccountTables(db)
  await createRunTables(db)
  await createOrderTables(db)
  await createFillTables(db)
  await createTradeTables(db)
  await createMarketTables(db)
  await createFunctions(db)
  await protectTables(db)
  await createAccountSearch(db)
}
