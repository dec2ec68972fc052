import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BrokerScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
})
afterAll(() => two.close())

const dayMs = 86_400_000
const write = (scope: BrokerScope, action: string, daysAgo = 0) =>
  scope.insert('audit_log', { action, detail: '{}', time: new Date(Date.now() - daysAgo * dayMs) }).execute()
const actions = async (scope: BrokerScope) =>
  (await scope.read('audit_log').selectFrom('audit_log').select('action').orderBy('id').execute()).map(
    ({ action }) => action,
  )

it('S42 keeps two years, and lets go what is older of the account that is written in', async () => {
  for (const scope of [two.anna, two.ben]) {
    await write(scope, 'recent', 2 * 365 - 2)
    // So old that it goes as soon as it is there.
    await write(scope, 'old', 2 * 366 + 1)
  }
  await write(two.anna, 'today')
  expect(await actions(two.anna)).toEqual(['recent', 'today'])
  expect(await actions(two.ben)).toEqual(['recent'])
})

it('S42 lets the application neither delete nor change a row of it, nor call what does', async () => {
  await write(two.anna, 'trace')
  for (const statement of [
    'delete from audit_log',
    "update audit_log set action = 'nothing'",
    'select prune_audit_log()',
  ]) {
    await expect(two.pool.query(statement)).rejects.toThrow(/permission denied/)
  }
  expect(await actions(two.anna)).toContain('trace')
})
