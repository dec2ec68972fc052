import { createTestDatabase } from '@stratdesk/data/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { migrateQueue } from './migrate.ts'
import { createAccountRequests } from './requests.ts'

async function jobs(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{
    singleton_key: string
    retry_limit: number
    heartbeat_seconds: number
  }>(
    `select singleton_key, retry_limit, heartbeat_seconds from pgboss.job where name = 'account-actor' order by 1`,
  )
  await client.end()
  return rows
}

test('asking again and again, from several processes, makes one job an account that is never given up', async () => {
  const database = await createTestDatabase()
  await Promise.all([migrateQueue(database.url), migrateQueue(database.url)])
  const [one, two] = [createAccountRequests(database), createAccountRequests(database)]
  await Promise.all([one.request('UK9394'), two.request('UK9394'), one.request('UK1234')])
  await two.request('UK1234')
  await one.close()
  await two.close()

  expect(await jobs(database.url)).toEqual([
    { singleton_key: 'UK1234', retry_limit: 2_147_483_647, heartbeat_seconds: 10 },
    { singleton_key: 'UK9394', retry_limit: 2_147_483_647, heartbeat_seconds: 10 },
  ])
  await database.drop()
})

test('the queue works as the application role, which owns nothing of it', async () => {
  const database = await createTestDatabase()
  await migrateQueue(database.url)
  await migrateQueue(database.url)
  const client = new pg.Client({ connectionString: database.url, options: '-c role=stratdesk_app' })
  await client.connect()
  const { rows } = await client.query<{ owned: string }>(
    `select count(*)::text as owned from pg_class where relnamespace = 'pgboss'::regnamespace and relowner = 'stratdesk_app'::regrole`,
  )
  await expect(client.query('drop table pgboss.job')).rejects.toThrow('must be owner')
  await client.end()
  expect(rows).toEqual([{ owned: '0' }])
  await database.drop()
})

test('a request while the queue is not there is refused, and the next one after it is tried', async () => {
  const database = await createTestDatabase()
  const requests = createAccountRequests(database)
  await expect(requests.request('UK9394')).rejects.toThrow('pg-boss')
  await migrateQueue(database.url)
  await requests.request('UK9394')
  await requests.close()
  expect((await jobs(database.url)).length).toBe(1)
  await database.drop()
})
