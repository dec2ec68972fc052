import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountsWithActiveRuns } from './account-search.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { uuidv7 } from './uuid.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers(1)
})
afterAll(() => two.close())

async function addRun(scope: TwoBrokers['anna'], status: 'running' | 'stopped'): Promise<void> {
  const id = uuidv7()
  await scope
    .insert('runs', {
      id,
      idempotency_key: id,
      name: 'A run',
      strategy_id: 'ema-crossover',
      strategy_version: '1',
      params: '{}',
      mode: 'paper',
      desired: 'running',
      status,
      started_by_device_id: id,
      started_by_label: 'Firefox on Linux',
    })
    .execute()
}

test('accounts with active runs are found by their ids; the caller sees no row of theirs before or after', async () => {
  expect(await accountsWithActiveRuns(two.pool)).toEqual([])
  await addRun(two.anna, 'stopped')
  await addRun(two.ben, 'running')
  expect(await accountsWithActiveRuns(two.pool)).toEqual(['UK1234'])
  await addRun(two.anna, 'running')
  expect(await accountsWithActiveRuns(two.pool)).toEqual(['UK1234', 'UK9394'])

  expect((await two.pool.query('select id from runs')).rows).toEqual([])
  await expect(two.pool.query('select id from account_ids')).rejects.toThrow('permission denied')
})

test('it finds them as well where the owner is no superuser', async () => {
  const superuser = new pg.Client(two.url)
  await superuser.connect()
  const role = `plain_owner_${process.pid}`
  try {
    await superuser.query(`create role ${role}; grant create on schema public to ${role}`)
    await superuser.query(`alter table runs owner to ${role}; alter table account_ids owner to ${role}`)
    await superuser.query(`alter function accounts_with_active_runs() owner to ${role}`)
    expect(await accountsWithActiveRuns(two.pool)).toEqual(['UK1234', 'UK9394'])
  } finally {
    await superuser.query(
      `reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`,
    )
    await superuser.end()
  }
})
