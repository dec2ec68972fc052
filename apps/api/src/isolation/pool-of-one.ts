import { mintBrokerId } from '@stratdesk/data/broker-id'
import { createPool } from '@stratdesk/data/pool'
import { type BrokerScope, createScope } from '@stratdesk/data/scope'
import { createTestDatabase } from '@stratdesk/data/testing'
import pg from 'pg'
import { seedRun } from '../testing/seed.ts'

const name = 'pool-of-one'

/** Two accounts that take turns on the only connection there is. */
export interface PoolOfOne {
  readonly one: BrokerScope
  readonly other: BrokerScope
  /** Whose rows a query sees that was sent without an account. */
  seenByNobody(): Promise<unknown>
  /** Ends the connection's backend, which sees the signal before whatever it is sent next. */
  killBackend(): Promise<void>
  /** How many connections there are. */
  readonly totalCount: number
  close(): Promise<void>
}

/** Opens the pool, each account with a run. */
export async function openPoolOfOne(): Promise<PoolOfOne> {
  const database = await createTestDatabase()
  const pool = createPool({
    url: database.url,
    max: 1,
    connectionTimeoutMs: 10_000,
    applicationName: name,
  })
  const owner = new pg.Client(database.url)
  await owner.connect()
  const [one, other] = ['UK9394', 'UK1234'].map((id) => createScope(pool, mintBrokerId(id)))
  if (!one || !other) throw new Error('Two accounts are needed')
  for (const scope of [one, other]) {
    await scope.insert('broker_accounts', { name: scope.brokerId }).execute()
    await seedRun(scope, `Run of ${scope.brokerId}`)
  }
  return {
    one,
    other,
    get totalCount() {
      return pool.totalCount
    },
    async seenByNobody() {
      return (await pool.query('select broker_id from runs union select broker_id from audit_log')).rows
    },
    async killBackend() {
      const mine = 'datname = current_database() and application_name = $1'
      await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${mine}`, [name])
    },
    async close() {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

/** Everything an account sees in the tables that turns write to. */
export async function seenBy(scope: BrokerScope) {
  const runs = await scope.read('runs').selectFrom('runs').select(['broker_id', 'name']).execute()
  const audit = await scope
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['broker_id', 'action'])
    .execute()
  const account = await scope.read('broker_accounts').selectFrom('broker_accounts').select('name').execute()
  const owners = new Set([...runs, ...audit].map((row) => row.broker_id))
  return { owners: [...owners], names: [...runs, ...account].map((row) => row.name), entries: audit.length }
}

/** A turn: a transaction that ends in one of many ways. Answers whether it was committed. */
export type Turn = (scope: BrokerScope, pool: PoolOfOne) => Promise<boolean>

class Undone extends Error {}

const entry = { action: 'turn', detail: '{}' }

type Turns = Readonly<Record<string, Turn>>

/** Ways that leave the connection as it is, by their names; the first two commit. */
export const turns: Turns = {
  'is committed': async (scope) => {
    await scope.transaction((tx) => tx.insert('audit_log', entry).execute())
    return true
  },
  'is a single statement': async (scope) => {
    await scope.insert('audit_log', entry).execute()
    return true
  },
  'throws after a write': (scope) =>
    undone(
      scope.transaction(async (tx) => {
        await tx.insert('audit_log', entry).execute()
        throw new Undone()
      }),
    ),
  'fails in a statement': (scope) =>
    undone(
      scope.transaction(async (tx) => {
        await tx.insert('audit_log', entry).execute()
        await tx.insert('audit_log', { action: 'turn', detail: 'no JSON' }).execute()
      }),
    ),
  'hides that a statement failed': (scope) =>
    undone(
      scope.transaction(async (tx) => {
        await tx.insert('audit_log', entry).execute()
        await tx.insert('audit_log', { action: 'turn', detail: 'no JSON' }).execute().catch(ignore)
      }),
    ),
}

/** Ways in which the connection dies in mid-transaction. */
export const killedTurns: Turns = {
  'loses its connection after a write': (scope, pool) =>
    undone(
      scope.transaction(async (tx) => {
        await tx.lockAccount()
        await tx.insert('audit_log', entry).execute()
        await pool.killBackend()
      }),
    ),
  'loses its connection and goes on': (scope, pool) =>
    undone(
      scope.transaction(async (tx) => {
        await tx.insert('audit_log', entry).execute()
        await pool.killBackend()
        await tx.insert('audit_log', entry).execute()
      }),
    ),
}

async function undone(turn: Promise<unknown>): Promise<false> {
  const failure = await turn.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure === undefined) throw new Error('The turn was committed, though it had failed')
  return false
}

function ignore(): void {}
