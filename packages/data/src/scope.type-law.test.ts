import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BrokerId } from './broker-id.ts'
import { type BrokerScope, createScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addRun, addTrade } from './testing/rows.ts'

/**
 * What must not compile, and what it does when a cast forces it through: nothing of another broker is read or
 * changed, because row security is the second wall. Removing a `@ts-expect-error` here is removing a promise.
 */
let two: TwoBrokers
let anna: BrokerScope
/** What stands in rows of the other broker alone. */
let bens: readonly string[]
beforeAll(async () => {
  two = await openTwoBrokers()
  anna = two.anna
  // The other one's rows come first, so that a query that takes but one row would take theirs.
  for (const scope of [two.ben, two.anna]) {
    const run = await addRun(scope, { name: `run of ${scope.brokerId}` })
    const trade = await addTrade(scope, run, { gross: '1', exitAt: new Date('2026-11-23T05:00:00Z') })
    const line = { run_id: run, level: 'info', message: `log of ${scope.brokerId}` } as const
    await scope.insert('run_logs', line).execute()
    if (scope === two.ben) bens = ['UK1234', run, trade]
  }
})
afterAll(() => two.close())

type Executable = { execute(): Promise<unknown> }

const forbiddenReads: Readonly<Record<string, () => Executable>> = {
  // @ts-expect-error a table that was not named
  'select from a table that was not named': () => anna.read('runs').selectFrom('trades').selectAll(),
  'join a table that was not named': () =>
    anna
      .read('runs')
      .selectFrom('runs')
      // @ts-expect-error a table that was not named
      .innerJoin('trades', (join) => join.onTrue())
      .selectAll(),
  'select from a subquery of a table that was not named': () =>
    anna
      .read('runs')
      // @ts-expect-error a table that was not named
      .selectFrom((eb) => eb.selectFrom('trades').selectAll().as('t'))
      .selectAll(),
  'compare with a subquery of a table that was not named': () =>
    anna
      .read('runs')
      .selectFrom('runs')
      .selectAll()
      // @ts-expect-error a table that was not named
      .where((eb) => eb.not(eb.exists(eb.selectFrom('trades').where('trades.broker_id', '!=', 'UK9394')))),
  'unite with a table that was not named': () =>
    anna
      .read('runs')
      .selectFrom('runs')
      .select('id')
      // @ts-expect-error a table that was not named
      .union((eb) => eb.selectFrom('trades').select('id')),
  'update from another table': () =>
    anna
      .update('runs')
      // @ts-expect-error only the updated table exists
      .from('trades')
      .set({ name: 'changed' })
      .returningAll(),
  'delete using another table': () =>
    anna
      .delete('run_logs')
      // @ts-expect-error only the deleted table exists
      .using('runs')
      .returningAll(),
}

test.each(Object.keys(forbiddenReads))(
  'S39 %s does not compile, and forced through shows nobody else',
  async (name) => {
    const shown = JSON.stringify(await forbiddenReads[name]?.().execute())
    expect(shown).toContain('"id"')
    expect(bens.filter((mark) => shown.includes(mark))).toEqual([])
  },
)

const notOfThisBroker = /new row violates row-level security policy/

const forbiddenWrites: Readonly<Record<string, readonly [write: () => Executable, refused: RegExp]>> = {
  'update the broker_id': [
    () =>
      anna
        .update('runs')
        // @ts-expect-error broker_id is never written
        .set({ broker_id: 'UK1234' }),
    notOfThisBroker,
  ],
  'set the broker_id on conflict': [
    () =>
      anna.insert('broker_accounts', { name: 'x' }).onConflict((conflict) =>
        conflict
          .column('broker_id')
          // @ts-expect-error broker_id is never written
          .doUpdateSet({ broker_id: 'UK1234' }),
      ),
    notOfThisBroker,
  ],
  'insert other values after the scope has set its own': [
    () =>
      anna
        .insert('audit_log', { action: 'x', detail: '{}' })
        // @ts-expect-error broker_id is never written
        .values({ broker_id: 'UK1234', action: 'forged', detail: '{}' }),
    notOfThisBroker,
  ],
  'write a table that has no broker': [
    () =>
      // @ts-expect-error instruments belong to the market
      anna.insert('instruments', { instrument_token: 1 }),
    /column "broker_id" of relation "instruments" does not exist/,
  ],
}

test.each(Object.entries(forbiddenWrites))(
  'S39 %s does not compile, and forced through fails',
  async (_name, [write, refused]) => {
    await expect(write().execute()).rejects.toThrow(refused)
  },
)

test('S39 broker_id among the values does not compile, and forced through is written over', async () => {
  // @ts-expect-error broker_id is never written
  const insert = anna.insert('audit_log', { broker_id: 'UK1234', action: 'x', detail: '{}' })
  expect(await insert.returning('broker_id').execute()).toEqual([{ broker_id: 'UK9394' }])
})

test('what is only ever added to cannot be changed by the role of the application', async () => {
  for (const table of ['audit_log', 'fills', 'trades', 'events'] as const) {
    const change = anna.update(table as 'trades').set({ broker_id: 'UK9394' } as never)
    await expect(change.execute()).rejects.toThrow('permission denied')
  }
  for (const table of ['audit_log', 'fills', 'trades', 'orders', 'runs', 'broker_accounts'] as const) {
    await expect(anna.delete(table).execute()).rejects.toThrow('permission denied')
  }
})

test('S39 a plain string is no BrokerId, and one forced through is compared with and never part of a query', async () => {
  // @ts-expect-error only mintBrokerId vouches for one
  const stranger: BrokerId = "UK1234' or 'a' = 'a"
  // @ts-expect-error only mintBrokerId vouches for one
  for (const scope of [createScope(two.pool, "UK1234' or 'a' = 'a"), createScope(two.pool, stranger)]) {
    expect(await scope.read('runs').selectFrom('runs').select('id').execute()).toEqual([])
  }
})

test('a table outside the schema cannot be named, and forced through fails', async () => {
  // @ts-expect-error no such table for a broker
  const query = anna.read('pg_authid').selectFrom('pg_authid').selectAll()
  await expect(query.execute()).rejects.toThrow('permission denied for table pg_authid')
})

test('a value of a wrong type, or a payload that is not of its event, does not compile', async () => {
  // @ts-expect-error desired is running or stopped
  const update = anna.update('runs').set({ desired: 'paused' })
  await expect(update.execute()).rejects.toThrow('runs_desired_check')
  // @ts-expect-error status has no such value
  await anna.emit('connection', { status: 'nonsense', renewedBy: null })
  for (const [scope, count] of [
    [two.anna, 1],
    [two.ben, 0],
  ] as const) {
    const events = scope.read('events').selectFrom('events').select('payload')
    expect(await events.execute()).toHaveLength(count)
  }
})
