import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BrokerId } from '../broker-id.ts'
import { everyoneAlone, openPoolOfOne, ownName, type PoolOfOne } from '../testing/pool-of-one.ts'
import { PoolSession } from './session.ts'

let one: PoolOfOne
beforeAll(async () => {
  one = await openPoolOfOne()
})
afterAll(() => one.close())

test.each([
  ['while parsing', 'select nonsense from nowhere', []],
  ['while binding', 'select $1::integer', ['not a number']],
  ['while running', 'select 1 / $1::integer', [0]],
  ['of a wrong number of values', 'select $1::integer', [1, 2]],
  ['of a text that is no statement', 'nonsense', []],
])('an error %s is told as it is, twice, and the connection stays whole', async (_, text, values) => {
  await one.anna.run(ownName, [])
  const backend = await one.backend()
  const first = await one.anna.run(text, values).catch((error: unknown) => error)
  const second = await one.ben.run(text, values).catch((error: unknown) => error)
  expect(first).toBeInstanceOf(pg.DatabaseError)
  expect(second).toMatchObject({ message: Object(first).message, code: Object(first).code })
  expect(await one.visibleNames()).toEqual(everyoneAlone)
  expect(await one.backend()).toBe(backend)
})

test('a statement that failed to parse works once it can', async () => {
  await expect(one.anna.run('select * from late', [])).rejects.toThrow('does not exist')
  await one.owner.query('create table late (n integer); grant select on late to stratdesk_app')
  expect((await one.anna.run('select * from late', [])).rows).toEqual([])
  await one.owner.query('drop table late')
})

test('when the broker cannot be set, the statement behind it is not run', async () => {
  // Postgres refuses the zero byte; no such id can be minted.
  const impossible = new PoolSession(one.pool, 'UK\0' as BrokerId)
  const write = "insert into candles values (1, '1m', now(), 1, 1, 1, 1)"
  await expect(impossible.run(write, [])).rejects.toThrow(/0x00/)
  expect((await one.owner.query('select from candles')).rowCount).toBe(0)
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a column that changed under a prepared statement is read anew, without an error', async () => {
  await one.owner.query('create table shifting (a integer); grant select on shifting to stratdesk_app')
  await one.owner.query('insert into shifting values (1)')
  expect((await one.anna.run('select * from shifting', [])).rows).toEqual([{ a: 1 }])
  await one.owner.query("alter table shifting add column b text default 'b'")
  expect((await one.ben.run('select * from shifting', [])).rows).toEqual([{ a: 1, b: 'b' }])
  await one.owner.query('drop table shifting')
})

test('prepared statements that were dropped behind our back are prepared anew', async () => {
  await one.anna.run(ownName, [])
  await one.pool.query('deallocate all')
  expect((await one.anna.run(ownName, [])).rows).toEqual([{ name: 'Anna' }])
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})
