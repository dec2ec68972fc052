import { type Kysely, sql } from 'kysely'

const tables = ['trades', 'order_intents', 'orders', 'fills', 'open_lots', 'run_logs']

/**
 * Tells the planner that a run has one account. Without that it multiplies both chances, takes the rows of a run for one
 * row in a large database, and reads and sorts all of them where an index has them in order.
 */
export async function up(db: Kysely<never>): Promise<void> {
  for (const table of tables) {
    const statistics = sql.id(`${table}_of_one_account`)
    await sql`create statistics ${statistics} (dependencies) on broker_id, run_id from ${sql.table(table)}`.execute(
      db,
    )
    await sql`analyze ${sql.table(table)} (broker_id, run_id)`.execute(db)
  }
}
