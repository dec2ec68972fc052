import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createPool } from '../pool.ts'
import { everyoneAlone, openPoolOfOne, ownName, type PoolOfOne } from '../testing/pool-of-one.ts'
import { PoolSession } from './session.ts'
import { namesPerConnection } from './statement-names.ts'

let one: PoolOfOne
beforeAll(async () => {
  one = await openPoolOfOne()
})
afterAll(() => one.close())

const sleep = 'select pg_sleep(60)'

test('a cancelled query fails alone', async () => {
  const sleeping = one.anna.run(sleep, [])
  sleeping.catch(() => undefined)
  await vi.waitFor(async () => expect(await one.isRunning(sleep)).toBe(true))
  await one.owner.query('select pg_cancel_backend($1)', [await one.backend()])
  await expect(sleeping).rejects.toMatchObject({ code: '57014' })
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('a query that runs too long is ended by the server', async () => {
  const hasty = createPool({ url: one.url, max: 1, statementTimeoutMs: 50 })
  await expect(new PoolSession(hasty, one.anna.brokerId).run(sleep, [])).rejects.toMatchObject({
    code: '57014',
  })
  expect((await new PoolSession(hasty, one.ben.brokerId).run(ownName, [])).rows).toEqual([{ name: 'Ben' }])
  await hasty.end()
})

test('a connection killed in the middle of a query is replaced', async () => {
  const sleeping = one.anna.run(sleep, [])
  sleeping.catch(() => undefined)
  await vi.waitFor(async () => expect(await one.isRunning(sleep)).toBe(true))
  const backend = await one.backend()
  await one.owner.query('select pg_terminate_backend($1)', [backend])
  await expect(sleeping).rejects.toThrow()
  expect(await one.visibleNames()).toEqual(everyoneAlone)
  expect(await one.backend()).not.toBe(backend)
})

test('a connection killed while idle is replaced', async () => {
  await one.anna.run(ownName, [])
  await one.owner.query('select pg_terminate_backend($1, 5000)', [await one.backend()])
  await vi.waitFor(() => expect(one.pool.totalCount).toBe(0))
  expect(await one.visibleNames()).toEqual(everyoneAlone)
})

test('on a pool of one, two brokers alternating hundreds of times each see themselves alone', async () => {
  const texts = [
    ownName,
    'select name, broker_id from broker_accounts',
    'select max(name) as name from broker_accounts',
  ]
  const runs = Array.from({ length: 600 }, async (_, index) => {
    const [session, name] = index % 2 === 0 ? [one.anna, 'Anna'] : [one.ben, 'Ben']
    if (index % 7 === 3) await session.run('select 1 / $1::integer', [0]).catch(() => undefined)
    const { rows } = await session.run(texts[index % texts.length] ?? ownName, [])
    expect(rows).toMatchObject([{ name }])
  })
  await Promise.all(runs)
})

test('a connection never holds more prepared statements than its bound, and evicted ones still run', async () => {
  const text = (index: number) => `select ${index} as n, name from broker_accounts`
  for (let index = 0; index < namesPerConnection + 100; index++) await one.anna.run(text(index), [])
  const { rows } = await one.pool.query('select count(*)::integer as n from pg_prepared_statements')
  expect(rows[0].n).toBeGreaterThan(namesPerConnection / 2)
  expect(rows[0].n).toBeLessThanOrEqual(namesPerConnection + 2)
  expect((await one.ben.run(text(0), [])).rows).toEqual([{ n: 0, name: 'Ben' }])
})
