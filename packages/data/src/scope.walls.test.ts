import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerScope, createScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addRun, addTrade } from './testing/rows.ts'

/** Each wall by itself: a scope whose connections row security does not bind, and row security without a scope. */
let two: TwoBrokers
let superusers: pg.Pool
let anna: BrokerScope
let bensRun: string

beforeAll(async () => {
  two = await openTwoBrokers()
  superusers = new pg.Pool({ connectionString: two.url })
  // The pool's end does not wait for its connections' own, which the end of the database then breaks.
  superusers.on('connect', (client) => client.on('error', () => {}))
  anna = createScope(superusers, two.anna.brokerId)
  bensRun = ''
  for (const scope of [two.anna, two.ben]) {
    bensRun = await addRun(scope, { name: scope.brokerId })
    await addTrade(scope, bensRun, { gross: '1', exitAt: new Date('2026-11-23T05:00:00Z') })
  }
})
afterAll(async () => {
  await superusers.end()
  await two.close()
})

describe('the scope alone', () => {
  test('row security is really out of the way', async () => {
    expect((await superusers.query('select from runs')).rowCount).toBe(2)
  })

  test('reads, joins, subqueries and unions show one broker', async () => {
    const db = anna.read('trades', 'runs')
    const joined = db
      .selectFrom('trades')
      .innerJoin('runs', (join) => join.onTrue())
      .select((eb) => ['runs.name', eb.selectFrom('runs as r').select(eb.fn.countAll().as('n')).as('runs')])
    expect(await joined.execute()).toEqual([{ name: 'UK9394', runs: '1' }])
    const united = db
      .selectFrom('runs')
      .select('name')
      .clearWhere()
      .unionAll((eb) => eb.selectFrom('runs').select('name'))
    expect(await united.execute()).toEqual([{ name: 'UK9394' }, { name: 'UK9394' }])
  })

  test('updates, deletes and locks touch one broker', async () => {
    const update = await anna.update('runs').set({ stop_reason: 'x' }).clearWhere().executeTakeFirst()
    expect(update.numUpdatedRows).toBe(1n)
    const subquery = anna.update('runs').set({ stop_reason: 'y' })
    const named = subquery.where('id', 'in', (eb) => eb.selectFrom('runs').select('id'))
    expect((await named.executeTakeFirst()).numUpdatedRows).toBe(1n)
    expect(
      (await anna.delete('trades').where('run_id', '=', bensRun).executeTakeFirst()).numDeletedRows,
    ).toBe(0n)
    expect((await anna.delete('trades').clearWhere().executeTakeFirst()).numDeletedRows).toBe(1n)
    await anna.transaction(async (tx) => {
      expect(await tx.lock('runs', bensRun)).toBeUndefined()
      expect(await tx.lockAccount()).toMatchObject({ broker_id: 'UK9394' })
    })
  })
})

describe('row security alone', () => {
  test.each(['select name from runs', 'select name from only runs', 'table runs'])(
    '%s shows nothing where no broker is set',
    async (text) => {
      expect((await two.pool.query(text)).rows).toEqual([])
    },
  )

  test('an unset and an empty broker are both nobody', async () => {
    const client = await two.pool.connect()
    await client.query("select set_config('app.broker_id', '', false)")
    expect((await client.query('select from runs')).rowCount).toBe(0)
    await client.query("select set_config('app.broker_id', 'UK1234', false)")
    expect((await client.query('select name from runs')).rows).toEqual([{ name: 'UK1234' }])
    client.release(true)
  })

  test('the owner of the tables is held to it too, and only because it is forced', async () => {
    const client = await superusers.connect()
    const names = async () => (await client.query('select name from runs order by name')).rows
    await client.query('begin')
    try {
      await client.query('create role plain_owner nosuperuser nobypassrls')
      await client.query('grant usage, create on schema public to plain_owner')
      await client.query('alter table runs owner to plain_owner')
      await client.query('set local role plain_owner')
      expect(await names()).toEqual([])
      await client.query("select set_config('app.broker_id', 'UK1234', true)")
      expect(await names()).toEqual([{ name: 'UK1234' }])
      await client.query('alter table runs no force row level security')
      expect(await names()).toEqual([{ name: 'UK1234' }, { name: 'UK9394' }])
    } finally {
      await client.query('rollback')
      client.release()
    }
  })
})
