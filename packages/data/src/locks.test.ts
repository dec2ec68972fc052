import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { markExpired, saveConnection } from './connections.ts'
import type { BrokerScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addRun } from './testing/rows.ts'
import { uuidv7 } from './uuid.ts'
import { createVault } from './vault.ts'

/** Transactions of one account that meet: none may wait for one that waits for it. */
const vault = createVault({ sessionSecret: 'a session secret of the server' })
const event = { status: 'connected', renewedBy: 'Laptop' } as const
const renewed = {
  apiKey: 'key',
  accessToken: 'token',
  expiresAt: new Date('2026-11-24T00:30:00Z'),
  deviceId: uuidv7(),
  deviceLabel: 'Laptop',
}

let two: TwoBrokers
let owner: pg.Client
beforeAll(async () => {
  two = await openTwoBrokers()
  owner = new pg.Client(two.url)
  await owner.connect()
  for (const scope of [two.anna, two.ben]) await saveConnection(scope, vault, renewed)
})
afterAll(async () => {
  await owner.end()
  await two.close()
})

/** Waits until so many connections wait for a lock. */
async function untilWaiting(count: number): Promise<void> {
  const text = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  await vi.waitFor(async () => expect((await owner.query(text)).rowCount).toBe(count))
}

/** A transaction that has done its first part, and does the second when told. */
async function inTwoParts(
  scope: BrokerScope,
  first: (tx: BrokerScope) => Promise<unknown>,
  second: (tx: BrokerScope) => Promise<unknown>,
) {
  const [begun, told] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const ended = scope.transaction(async (tx) => {
    await first(tx)
    begun.resolve()
    await told.promise
    await second(tx)
  })
  await Promise.race([begun.promise, ended])
  return async () => {
    told.resolve()
    await ended
  }
}

test('a sign-in does not deadlock with a transaction that writes a run and then an event', async () => {
  const started = await inTwoParts(
    two.anna,
    (tx) => addRun(tx),
    (tx) => tx.emit('connection', event),
  )
  const signedIn = await inTwoParts(
    two.anna,
    (tx) =>
      tx
        .insert('broker_accounts', { name: 'Anna' })
        .onConflict((conflict) => conflict.column('broker_id').doUpdateSet({ name: 'Anna' }))
        .execute(),
    (tx) => saveConnection(tx, vault, renewed),
  )
  await Promise.all([started(), signedIn()])
})

test('a lock of the account lets rows of it be added meanwhile', async () => {
  const release = await inTwoParts(
    two.anna,
    (tx) => tx.lockAccount(),
    () => Promise.resolve(),
  )
  const id = await addRun(two.anna)
  await release()
  const { rows } = await owner.query('select broker_id from runs where id = $1', [id])
  expect(rows).toEqual([{ broker_id: 'UK9394' }])
})

test('a renewed connection and one that is found expired wait for each other in one order', async () => {
  const renewal = await inTwoParts(
    two.ben,
    (tx) => tx.lockAccount(),
    (tx) => saveConnection(tx, vault, renewed),
  )
  const expiry = markExpired(two.ben)
  await untilWaiting(1)
  await renewal()
  expect(await expiry).toBe(true)
})

test('S42 a sign-out and a start of a run, which meet while old rows of the log go, do not deadlock', async () => {
  for (const [scope, brokerId] of [
    [two.anna, 'UK9394'],
    [two.ben, 'UK1234'],
  ] as const) {
    await addOldRows(brokerId)
    const write = (tx: BrokerScope) => tx.insert('audit_log', { action: 'act', detail: '{}' }).execute()
    const signedOut = await inTwoParts(scope, write, (tx) => tx.lockAccount())
    const started = await inTwoParts(scope, (tx) => tx.lockAccount(), write)
    // Each on its way to what the other has.
    const first = signedOut()
    await untilWaiting(1)
    await Promise.all([first, started()])
    const { rows } = await owner.query(
      'select action, count(*)::int from audit_log where broker_id = $1 group by action',
      [brokerId],
    )
    expect(rows).toEqual([{ action: 'act', count: 2 }])
  }
})

/** What the application could not write: rows that are not let go as they come, fewer than go at once. */
async function addOldRows(brokerId: string): Promise<void> {
  await owner.query('begin')
  await owner.query("set local session_replication_role = 'replica'")
  await owner.query("select set_config('app.broker_id', $1, true)", [brokerId])
  await owner.query(
    `insert into audit_log (broker_id, action, detail, time)
     select $1, 'old', '{}', now() - interval '3 years' from generate_series(1, 50)`,
    [brokerId],
  )
  await owner.query('commit')
}
