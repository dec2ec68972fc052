import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BrokerScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addFill, addRun, addTrade } from './testing/rows.ts'
import { uuidv7 } from './uuid.ts'

let two: TwoBrokers
let anna: BrokerScope
let ben: BrokerScope
let annasRun: string
let bensRun: string

beforeAll(async () => {
  two = await openTwoBrokers()
  anna = two.anna
  ben = two.ben
  annasRun = await addRun(anna, { name: 'of Anna' })
  bensRun = await addRun(ben, { name: 'of Ben' })
  await addTrade(anna, annasRun, { gross: '10', exitAt: new Date('2026-11-23T05:00:00Z') })
  await addTrade(ben, bensRun, { gross: '20', exitAt: new Date('2026-11-23T05:00:00Z') })
})
afterAll(() => two.close())

describe('reading', () => {
  test('shadows every table that is named', () => {
    const query = anna
      .read('trades', 'runs', 'instruments')
      .selectFrom('trades')
      .innerJoin('runs', 'runs.id', 'trades.run_id')
      .select(['runs.name', 'trades.net'])
      .where('trades.side', '=', 'long')
    expect(query.compile().sql).toMatchInlineSnapshot(
      `"with "trades" as not materialized (select * from "trades" where "broker_id" = $1), "runs" as not materialized (select * from "runs" where "broker_id" = $1) select "runs"."name", "trades"."net" from "trades" inner join "runs" on "runs"."id" = "trades"."run_id" where "trades"."side" = $2"`,
    )
  })

  test('a join meets no row of another broker, an outer join finds nothing there', async () => {
    const db = anna.read('trades', 'runs')
    const crossed = db.selectFrom('trades').innerJoin('runs', (join) => join.onTrue())
    expect(await crossed.select(['runs.name', 'net']).execute()).toEqual([{ name: 'of Anna', net: '10' }])
    const outer = db.selectFrom('trades').leftJoin('runs', (join) => join.on('runs.id', '=', bensRun))
    expect(await outer.select(['runs.name', 'net']).execute()).toEqual([{ name: null, net: '10' }])
  })

  test('no clearing of conditions and no union widens it', async () => {
    const db = anna.read('runs')
    const all = db.selectFrom('runs').select('name').where('name', '=', 'nothing').clearWhere()
    expect(await all.execute()).toEqual([{ name: 'of Anna' }])
    const union = db
      .selectFrom('runs')
      .select('name')
      .unionAll((eb) => eb.selectFrom('runs').select('name'))
    expect(await union.execute()).toEqual([{ name: 'of Anna' }, { name: 'of Anna' }])
  })

  test('a subquery sees the same rows as the query around it', async () => {
    const query = ben
      .read('runs', 'trades')
      .selectFrom('runs')
      .select((eb) => ['name', eb.selectFrom('trades').select(eb.fn.countAll<string>().as('n')).as('trades')])
    expect(await query.execute()).toEqual([{ name: 'of Ben', trades: '1' }])
  })

  test('streams a long list in batches, each behind the last row', async () => {
    for (let index = 0; index < 7; index++) {
      await anna.insert('run_logs', { run_id: annasRun, level: 'info', message: `line ${index}` }).execute()
    }
    const lines: string[] = []
    const read = anna.read('run_logs')
    const batches = anna.stream((last: { readonly id: string; readonly message: string } | undefined) => {
      const query = read.selectFrom('run_logs').select(['id', 'message']).orderBy('id')
      return last ? query.where('id', '>', last.id) : query
    }, 3)
    for await (const { message } of batches) lines.push(message)
    expect(lines).toEqual(Array.from({ length: 7 }, (_, index) => `line ${index}`))
  })
})

describe('writing', () => {
  test('an insert carries the broker, whatever else it does', async () => {
    const insert = anna
      .insert('broker_accounts', { name: 'Anna' })
      .onConflict((conflict) => conflict.column('broker_id').doUpdateSet({ name: 'Anna' }))
      .returning('broker_id')
    expect(insert.compile().sql).toMatchInlineSnapshot(
      `"insert into "broker_accounts" ("name", "broker_id") values ($1, $2) on conflict ("broker_id") do update set "name" = $3 returning "broker_id""`,
    )
    expect(await insert.execute()).toEqual([{ broker_id: 'UK9394' }])
  })

  test('many rows are inserted by one statement', async () => {
    const rows = [1, 2, 3].map((n) => ({ run_id: bensRun, level: 'debug' as const, message: `${n}` }))
    const [result] = await ben.insert('run_logs', rows).execute()
    expect(result?.numInsertedOrUpdatedRows).toBe(3n)
    const seen = await anna
      .read('run_logs')
      .selectFrom('run_logs')
      .select('id')
      .where('level', '=', 'debug')
      .execute()
    expect(seen).toEqual([])
  })

  test('an update or a delete is held to the broker even when its conditions are cleared', async () => {
    const update = anna.update('runs').set({ name: 'renamed' }).where('name', '=', 'x').clearWhere()
    expect(update.compile().sql).toMatchInlineSnapshot(
      `"with "runs" as not materialized (select * from "runs" where "broker_id" = $1) update "runs" set "name" = $2 where "runs"."broker_id" = $1"`,
    )
    expect((await update.executeTakeFirst()).numUpdatedRows).toBe(1n)
    expect(await ben.read('runs').selectFrom('runs').select('name').execute()).toEqual([{ name: 'of Ben' }])

    await ben.insert('events', { seq: '1000', type: 'run', payload: '{}' }).execute()
    const remove = anna.delete('events').where('seq', '=', '1000')
    expect(remove.compile().sql).toMatchInlineSnapshot(
      `"with "events" as not materialized (select * from "events" where "broker_id" = $1) delete from "events" where "seq" = $2 and "events"."broker_id" = $1"`,
    )
    expect((await remove.executeTakeFirst()).numDeletedRows).toBe(0n)
    expect(await ben.read('events').selectFrom('events').select('seq').execute()).toEqual([{ seq: '1000' }])
  })

  test("another broker's id is as unknown as any other", async () => {
    const stop = (id: string) =>
      anna.update('runs').set({ desired: 'stopped' }).where('id', '=', id).executeTakeFirst()
    expect(await stop(bensRun)).toEqual(await stop(uuidv7()))
    await anna.transaction(async (tx) => {
      expect(await tx.lock('runs', bensRun)).toBeUndefined()
      expect(await tx.lock('runs', annasRun)).toMatchObject({ id: annasRun })
    })
  })
})

describe('transactions', () => {
  test('a nested one joins, and all is undone together', async () => {
    const failing = anna.transaction(async (tx) => {
      await tx.transaction((inner) => inner.insert('audit_log', { action: 'inner', detail: '{}' }).execute())
      await tx.insert('audit_log', { action: 'outer', detail: '{}' }).execute()
      throw new Error('undo both')
    })
    await expect(failing).rejects.toThrow('undo both')
    expect(await anna.read('audit_log').selectFrom('audit_log').selectAll().execute()).toEqual([])
  })

  test('a lock keeps a second transaction waiting until the first ends', async () => {
    const order: string[] = []
    const isLocked = Promise.withResolvers<void>()
    const first = anna.transaction(async (tx) => {
      await tx.lock('runs', annasRun)
      isLocked.resolve()
      await tx.update('runs').set({ name: 'first' }).where('id', '=', annasRun).execute()
      order.push('first')
    })
    await isLocked.promise
    const second = anna.transaction(async (tx) => {
      const row = await tx.lock('runs', annasRun)
      order.push(`second saw ${row?.name}`)
    })
    await Promise.all([first, second])
    expect(order).toEqual(['first', 'second saw first'])
  })

  test('a row is locked in a transaction only', async () => {
    await expect(anna.lock('runs', annasRun)).rejects.toThrow('in a transaction only')
  })
})

describe('events', () => {
  test('are numbered without gaps for each account by itself', async () => {
    const event = { runId: annasRun, status: 'running', desired: 'running', revision: 1 } as const
    const numbers = await Promise.all(Array.from({ length: 5 }, () => anna.emit('run', event)))
    expect(numbers.toSorted()).toEqual(['1', '2', '3', '4', '5'])
    expect(await ben.emit('run', { ...event, runId: bensRun })).toBe('1')
    await expect(anna.transaction(async (tx) => Promise.reject(await tx.emit('run', event)))).rejects.toBe(
      '6',
    )
    expect(await anna.emit('run', event)).toBe('6')
  })

  test('beyond about the newest ten thousand are forgotten', async () => {
    await anna.update('broker_accounts').set({ event_seq: '20499' }).execute()
    await anna
      .insert(
        'events',
        [10_499, 10_500, 10_501].map((seq) => ({ seq, type: 'run', payload: '{}' })),
      )
      .execute()
    await anna.emit('connection', { status: 'expired', renewedBy: null })
    const kept = await anna.read('events').selectFrom('events').select('seq').orderBy('seq').execute()
    expect(kept.map((event) => event.seq)).toEqual(['10501', '20500'])
    expect(await ben.read('events').selectFrom('events').select('seq').execute()).toHaveLength(2)
  })
})

describe('fences', () => {
  test('an actor that has lost the account cannot decide on an order any more', async () => {
    await addFill(ben, bensRun, { side: 'buy' })
    const stale = ben.insert('order_intents', {
      id: uuidv7(),
      run_id: bensRun,
      run_seq: 99,
      tag: 'stale',
      fence: '0',
      instrument_token: 1,
      instrument: 'SIM:SPX500',
      side: 'buy',
      order_type: 'MARKET',
      quantity: 1,
      reason: 'too late',
    })
    await ben
      .update('broker_accounts')
      .set((eb) => ({ fence: eb('fence', '+', '1') }))
      .execute()
    await expect(stale.execute()).rejects.toMatchObject({ code: 'SD001' })
  })
})
