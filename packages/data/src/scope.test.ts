import { afterAll, beforeAll, expect, test } from 'vitest'
import type pg from 'pg'
import { mintBrokerId } from './broker-id.ts'
import { createPool } from './pool.ts'
import { createScope } from './scope.ts'
import { createTestDatabase, type TestDatabase } from './testing.ts'

let database: TestDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, max: 2 })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

test('each broker reads its own account only', async () => {
  const a = createScope(pool, mintBrokerId('UK9394'))
  const b = createScope(pool, mintBrokerId('UK1234'))
  await a.insert('broker_accounts', { name: 'A' }).execute()
  await b.insert('broker_accounts', { name: 'B' }).execute()
  expect(await a.read('broker_accounts').selectFrom('broker_accounts').select('name').execute()).toEqual([
    { name: 'A' },
  ])
  expect(await b.read('broker_accounts').selectFrom('broker_accounts').select('name').execute()).toEqual([
    { name: 'B' },
  ])
  await a.transaction(async (tx) => {
    await tx.update('broker_accounts').set({ name: 'AA' }).execute()
    expect(await tx.lockAccount()).toMatchObject({ name: 'AA', event_seq: '0' })
    expect(await tx.emit('connection', { status: 'connected', renewedBy: null })).toBe('1')
  })
  expect(await a.read('events').selectFrom('events').selectAll().execute()).toHaveLength(1)
  expect(await b.read('events').selectFrom('events').selectAll().execute()).toHaveLength(0)
})
