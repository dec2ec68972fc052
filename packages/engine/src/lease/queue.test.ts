import { createTestDatabase } from '@stratdesk/data/testing'
import { expect, test } from 'vitest'
import { migrateQueue } from '../migrate.ts'
import { openQueue } from './queue.ts'

test('options in the URL are kept, and cannot take the role of the queue away', async () => {
  const database = await createTestDatabase()
  await migrateQueue(database.url)
  const url = new URL(database.url)
  url.searchParams.set('options', '-c role=postgres -c work_mem=5MB')
  const errors: Error[] = []
  const boss = openQueue({
    url: url.href,
    supervise: false,
    max: 1,
    onError: (error) => void errors.push(error),
  })
  await boss.start()
  const facts = "select current_user as role, current_setting('work_mem') as work_mem"
  const { rows } = await boss.getDb().executeSql(facts)
  await boss.stop({ graceful: false })
  await database.drop()
  expect(rows).toEqual([{ role: 'stratdesk_app', work_mem: '5MB' }])
  expect(errors).toEqual([])
})
