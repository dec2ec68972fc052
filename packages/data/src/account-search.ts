import type pg from 'pg'

/** The ids of all accounts with runs that are not over: for the engine, which looks after them, and nobody else. */
export async function accountsWithActiveRuns(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select accounts_with_active_runs() as id')
  return rows.map(({ id }) => id)
}
