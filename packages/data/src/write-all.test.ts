import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BrokerScope, Write } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addRun } from './testing/rows.ts'

let two: TwoBrokers
let runs: readonly [anna: string, ben: string]
beforeAll(async () => {
  two = await openTwoBrokers()
  runs = [await addRun(two.anna, { name: 'as it was' }), await addRun(two.ben, { name: 'as it was' })]
})
beforeEach(async () => {
  for (const scope of [two.anna, two.ben]) await scope.update('runs').set({ name: 'as it was' }).execute()
})
afterAll(() => two.close())

const line = (run: string) => ({ run_id: run, level: 'info', message: 'a line' }) as const
const name = (scope: BrokerScope, text: string): Write => scope.update('runs').set({ name: text })
const fenceOf = async (scope: BrokerScope) =>
  (
    await scope
      .read('broker_accounts')
      .selectFrom('broker_accounts')
      .select('fence')
      .executeTakeFirstOrThrow()
  ).fence
const namesOf = async (scope: BrokerScope) =>
  (await scope.read('runs').selectFrom('runs').select('name').execute()).map((run) => run.name)
const eventsOf = async (scope: BrokerScope) =>
  (await scope.read('events').selectFrom('events').select('payload').orderBy('seq').execute()).map(
    ({ payload }) => payload,
  )
const told = (deviceId: string) => ({ type: 'device', payload: { deviceId, change: 'renamed' } }) as const

test('writes are done in order and events appended in theirs, for this broker alone', async () => {
  const { anna, ben } = two
  const before = await eventsOf(anna)
  await anna.writeAll({
    fence: await fenceOf(anna),
    writes: [name(anna, 'first'), anna.insert('run_logs', line(runs[0])), name(anna, 'second')],
    events: [told('one'), told('two'), told('three')],
  })

  expect(await namesOf(anna)).toEqual(['second'])
  expect((await eventsOf(anna)).slice(before.length)).toMatchObject(
    ['one', 'two', 'three'].map((deviceId) => ({ deviceId })),
  )
  expect(await namesOf(ben)).toEqual(['as it was'])
})

test('a write that another scope built is done to this broker’s rows', async () => {
  const { anna, ben } = two
  await anna.writeAll({ fence: await fenceOf(anna), writes: [name(ben, 'changed')], events: [] })

  expect([await namesOf(anna), await namesOf(ben)]).toEqual([['changed'], ['as it was']])
})

test('when one write is refused, none is done and nothing is told', async () => {
  const { anna, ben } = two
  const before = await eventsOf(anna)
  const writes = [name(anna, 'changed'), anna.insert('run_logs', line(runs[1]))]
  const refused = anna.writeAll({ fence: await fenceOf(anna), writes, events: [told('one')] })

  await expect(refused).rejects.toMatchObject({ code: '23503' })
  expect([await namesOf(anna), await namesOf(ben)]).toEqual([['as it was'], ['as it was']])
  expect(await eventsOf(anna)).toEqual(before)
})

test('under a stale fence nothing is done, by itself or in a transaction', async () => {
  const { anna, ben } = two
  const stale = await fenceOf(anna)
  await anna
    .update('broker_accounts')
    .set((row) => ({ fence: row('fence', '+', '1') }))
    .execute()
  const all = { fence: stale, writes: [name(anna, 'changed')], events: [told('one')] }

  await expect(anna.writeAll(all)).rejects.toMatchObject({ code: 'SD001' })
  await expect(anna.transaction((tx) => tx.writeAll(all))).rejects.toMatchObject({ code: 'SD001' })
  expect([await namesOf(anna), await namesOf(ben)]).toEqual([['as it was'], ['as it was']])
})
