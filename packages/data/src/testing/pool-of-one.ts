import pg from 'pg'
import { createPool } from '../pool.ts'
import { PoolSession } from '../tenant/session.ts'
import { openTwoBrokers } from './brokers.ts'

/** Two brokers on a single connection, so that whatever a query leaves behind is met by the next one. */
export interface PoolOfOne {
  readonly url: string
  readonly pool: pg.Pool
  readonly anna: PoolSession
  readonly ben: PoolSession
  /** The owner of the database, who looks in from outside. */
  readonly owner: pg.Client
  /** The process number of the connection's backend; there must be exactly one. */
  backend(): Promise<number>
  /** Whether the connection is running a statement at this moment. */
  isRunning(text: string): Promise<boolean>
  /** The names each of Anna, Ben and nobody can see now. */
  visibleNames(): Promise<{ readonly anna: unknown; readonly ben: unknown; readonly nobody: unknown }>
  close(): Promise<void>
}

/** What visibleNames() says while both walls stand. */
export const everyoneAlone = { anna: [{ name: 'Anna' }], ben: [{ name: 'Ben' }], nobody: [] }

/** Selects the account's name. */
export const ownName = 'select name from broker_accounts'

export async function openPoolOfOne(): Promise<PoolOfOne> {
  const two = await openTwoBrokers()
  const owner = new pg.Client(two.url)
  await owner.connect()
  const pool = createPool({ url: two.url, max: 1, connectionTimeoutMs: 5000, applicationName: 'one' })
  const anna = new PoolSession(pool, two.anna.brokerId)
  const ben = new PoolSession(pool, two.ben.brokerId)
  const activity = 'from pg_stat_activity where datname = current_database() and application_name = $1'
  return {
    url: two.url,
    pool,
    anna,
    ben,
    owner,
    async backend() {
      const { rows } = await owner.query(`select pid ${activity}`, ['one'])
      if (rows.length !== 1) throw new Error(`There are ${rows.length} connections instead of one`)
      return rows[0].pid
    },
    async isRunning(text) {
      const { rowCount } = await owner.query(`select ${activity} and state = 'active' and query = $2`, [
        'one',
        text,
      ])
      return rowCount === 1
    },
    async visibleNames() {
      const { rows: bens } = await ben.run(ownName, [])
      const { rows: annas } = await anna.run(ownName, [])
      const { rows: nobodys } = await pool.query(ownName)
      return { anna: annas, ben: bens, nobody: nobodys }
    },
    async close() {
      await pool.end()
      await owner.end()
      await two.close()
    },
  }
}
