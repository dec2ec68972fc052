import { afterAll, beforeAll, expect, test } from 'vitest'
import { olderThan } from './expressions.ts'
import { type Bound, prepared } from './prepared.ts'
import { createPool } from './pool.ts'
import { createScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
  for (const scope of [two.anna, two.ben]) {
    for (const action of ['signed-in', 'renamed', 'signed-out']) {
      await scope.insert('audit_log', { action, detail: JSON.stringify({ by: scope.brokerId }) }).execute()
    }
  }
})
afterAll(() => two.close())

interface AuditFilter {
  readonly limit: number
  readonly action?: string | undefined
  readonly time?: Date | undefined
  readonly id?: string | undefined
}

let timesBuilt = 0

const latestAudit = prepared((read, bound: Bound<AuditFilter>, shape: { readonly oldestFirst?: boolean }) => {
  timesBuilt += 1
  const { action, time, id } = bound
  let query = read('audit_log').selectFrom('audit_log').select(['action', 'detail', 'time', 'id'])
  if (action) query = query.where('action', '=', action)
  if (time && id) query = query.where((eb) => olderThan([eb.ref('time'), eb.ref('id')], { time, id }))
  return query.orderBy('id', shape.oldestFirst ? 'asc' : 'desc').limit(bound.limit)
})

test('brokers that run the same prepared query see their own rows', async () => {
  const annas = await two.anna.run(latestAudit, { limit: 2 })
  const bens = await two.ben.run(latestAudit, { limit: 2 })
  expect(annas.map((row) => row.action)).toEqual(['signed-out', 'renamed'])
  expect(annas.map((row) => row.detail)).toEqual([{ by: 'UK9394' }, { by: 'UK9394' }])
  expect(bens.map((row) => row.detail)).toEqual([{ by: 'UK1234' }, { by: 'UK1234' }])
})

test('a query is built once for each set of present values and each shape', async () => {
  timesBuilt = 0
  for (const action of ['signed-in', 'renamed', 'nothing']) {
    for (const scope of [two.anna, two.ben]) {
      await scope.run(latestAudit, { limit: 5, action }, { oldestFirst: true })
      await scope.run(latestAudit, { limit: 5, action, time: undefined }, { oldestFirst: true })
    }
  }
  expect(timesBuilt).toBe(1)
  await two.anna.run(latestAudit, { limit: 5, action: 'renamed' })
  expect(timesBuilt).toBe(2)
})

test('values reach the places they were bound to', async () => {
  const [newest] = await two.anna.run(latestAudit, { limit: 1 })
  if (!newest) throw new Error('There must be a newest row')
  const older = await two.anna.run(latestAudit, { limit: 9, time: newest.time, id: newest.id })
  expect(older.map((row) => row.action)).toEqual(['renamed', 'signed-in'])
  expect(await two.anna.run(latestAudit, { limit: 9, action: 'renamed' })).toHaveLength(1)
})

test('the broker is one parameter and the values follow it', () => {
  expect(latestAudit.compiledFor({ limit: 1, action: 'x' }, {}).text).toMatchInlineSnapshot(
    `"with "audit_log" as not materialized (select * from "audit_log" where "broker_id" = $1) select "action", "detail", "time", "id" from "audit_log" where "action" = $2 order by "id" desc limit $3"`,
  )
})

test('a prepared query runs in a transaction too', async () => {
  await expect(
    two.anna.transaction(async (tx) => {
      await tx.insert('audit_log', { action: 'undone', detail: '{}' }).execute()
      expect(await tx.run(latestAudit, { limit: 9, action: 'undone' })).toHaveLength(1)
      throw new Error('undo')
    }),
  ).rejects.toThrow('undo')
  expect(await two.anna.run(latestAudit, { limit: 9, action: 'undone' })).toEqual([])
})

test('a prepared query keeps its plan over different values, and leaves no setting behind', async () => {
  const pool = createPool({ url: two.url, max: 1 })
  const anna = createScope(pool, two.anna.brokerId)
  for (const limit of [1, 2, 3]) await anna.run(latestAudit, { limit })
  const plans = await pool.query(`
    select generic_plans::integer as kept, custom_plans::integer as made, current_setting('plan_cache_mode') as mode
    from pg_prepared_statements where statement like 'with "audit_log"%'
  `)
  expect(plans.rows).toEqual([{ kept: 3, made: 0, mode: 'auto' }])
  await pool.end()
})
