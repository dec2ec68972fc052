import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyoneAlone, openPoolOfOne, ownName, type PoolOfOne } from '../testing/pool-of-one.ts'
import { withTransaction } from './session.ts'

let one: PoolOfOne
beforeAll(async () => {
  one = await openPoolOfOne()
})
afterAll(() => one.close())

test('after an error in the middle of one, the next broker sees its own rows only', async () => {
  const failing = withTransaction(one.pool, one.anna.brokerId, async (session) => {
    await session.run("update broker_accounts set name = 'Undone'", [])
    await session.run('select 1 / 0', [])
  })
  await expect(failing).rejects.toThrow('division by zero')
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a transaction whose first statement fails is rolled back like any other', async () => {
  await expect(
    withTransaction(one.pool, one.anna.brokerId, (s) => s.run('select 1 / 0', [])),
  ).rejects.toThrow('zero')
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a failed statement that was swallowed cannot be committed', async () => {
  const swallowing = withTransaction(one.pool, one.anna.brokerId, async (session) => {
    await session.run("update broker_accounts set name = 'Undone'", [])
    await session.run('select 1 / 0', []).catch(() => undefined)
  })
  await expect(swallowing).rejects.toThrow('rolled back')
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a transaction that throws before its first statement costs nothing and leaves nothing', async () => {
  await expect(
    withTransaction(one.pool, one.anna.brokerId, () => Promise.reject(new Error('early'))),
  ).rejects.toThrow('early')
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a transaction that is given up by its own work keeps its connection', async () => {
  await one.anna.run(ownName, [])
  const backend = await one.backend()
  const refused = withTransaction(one.pool, one.anna.brokerId, async (session) => {
    await session.run("update broker_accounts set name = 'Undone'", [])
    throw new Error('There is no such run')
  })
  await expect(refused).rejects.toThrow('There is no such run')
  expect(await one.visibleNames()).toEqual(everyoneAlone)
  expect(await one.backend()).toBe(backend)
})

test('statements sent at once in a transaction run in order', async () => {
  const results = await withTransaction(one.pool, one.ben.brokerId, (session) =>
    Promise.all([
      session.run('select 1 as n', []),
      session.run(ownName, []),
      session.run('select 3 as n', []),
    ]),
  )
  expect(results.map((result) => result.rows[0])).toEqual([{ n: 1 }, { name: 'Ben' }, { n: 3 }])
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('the session of a transaction refuses statements after it has ended', async () => {
  const leaked = await withTransaction(one.pool, one.anna.brokerId, (session) => Promise.resolve(session))
  await expect(leaked.run(ownName, [])).rejects.toThrow('has ended')
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a transaction whose connection is killed in the middle leaves nothing', async () => {
  const killed = withTransaction(one.pool, one.anna.brokerId, async (session) => {
    await session.run("update broker_accounts set name = 'Undone'", [])
    await one.owner.query('select pg_terminate_backend($1, 5000)', [await one.backend()])
    await session.run(ownName, [])
  })
  await expect(killed).rejects.toThrow()
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})
