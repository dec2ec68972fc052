import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPendingSignInTable, type PendingSignInRow } from './pending-sign-ins.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
})
afterAll(() => two.close())
beforeEach(() => two.pool.query('delete from pending_sign_ins'))

const now = new Date('2026-11-23T06:00:00Z')
const after = (ms: number) => new Date(now.getTime() + ms)
const row = (expiresAt = after(600_000)): PendingSignInRow => ({
  stateDigest: randomBytes(32),
  browserDigest: randomBytes(32),
  sealed: randomBytes(40),
  keyId: 'key',
  expiresAt,
})
const count = async () => (await two.pool.query('select from pending_sign_ins')).rowCount

test('a login under way is taken once, by the browser that began it', async () => {
  const table = createPendingSignInTable(two.pool)
  const [one, other] = [row(), row()]
  for (const each of [one, other]) await table.add(each, now)
  expect(await table.take(one.stateDigest, other.browserDigest)).toBeUndefined()
  const asked = [1, 2, 3].map(() => table.take(one.stateDigest, one.browserDigest))
  const taken = (await Promise.all(asked)).filter((found) => found !== undefined)
  expect(taken).toEqual([{ sealed: one.sealed, keyId: 'key', expiresAt: one.expiresAt }])
  expect(await table.take(other.stateDigest, other.browserDigest)).toMatchObject({ sealed: other.sealed })
})

test('a flood of logins that nobody finishes stays bounded: the oldest go', async () => {
  const table = createPendingSignInTable(two.pool, 3)
  const rows = Array.from({ length: 7 }, () => row())
  for (const each of rows) await table.add(each, now)
  expect(await count()).toBe(3)
  const left = []
  for (const { stateDigest, browserDigest } of rows)
    left.push((await table.take(stateDigest, browserDigest)) !== undefined)
  expect(left).toEqual([false, false, false, false, true, true, true])
})

test('many at once neither fail nor wait for each other, and stay bounded', async () => {
  const table = createPendingSignInTable(two.pool, 5)
  await Promise.all(Array.from({ length: 60 }, () => table.add(row(), now)))
  await table.add(row(), now)
  expect(await count()).toBeLessThanOrEqual(8)
})

test('those that have expired by the given clock go when the next one begins', async () => {
  const table = createPendingSignInTable(two.pool)
  await table.add(row(after(1000)), now)
  await table.add(row(after(2000)), now)
  await table.add(row(), after(1000))
  expect(await count()).toBe(2)
})
