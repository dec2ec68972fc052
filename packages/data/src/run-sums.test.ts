import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BrokerScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { addRun, addTrade } from './testing/rows.ts'
import { uuidv7 } from './uuid.ts'

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
})
afterAll(() => two.close())

const exitAt = new Date('2026-11-23T05:00:00Z')

async function sumsOf(scope: BrokerScope, runId: string) {
  const runs = scope.read('runs').selectFrom('runs').where('id', '=', runId)
  return await runs.select(['trade_count', 'gross', 'charges', 'revision']).executeTakeFirst()
}

test('a run holds the exact sums of its own round trips', async () => {
  const run = await addRun(two.anna)
  const other = await addRun(two.anna)
  const bens = await addRun(two.ben)
  expect(await sumsOf(two.anna, run)).toMatchObject({ trade_count: 0, gross: '0', charges: '0' })
  await addTrade(two.anna, run, { gross: '0.1', charges: '0.05', exitAt })
  await addTrade(two.anna, run, { gross: '0.2', charges: '0.05', exitAt })
  await addTrade(two.anna, other, { gross: '-7', exitAt })
  await addTrade(two.ben, bens, { gross: '1000', charges: '3', exitAt })

  expect(await sumsOf(two.anna, run)).toEqual({
    trade_count: 2,
    gross: '0.3',
    charges: '0.10',
    revision: 1,
  })
  expect(await sumsOf(two.anna, other)).toMatchObject({ trade_count: 1, gross: '-7' })
  expect(await sumsOf(two.ben, bens)).toMatchObject({ trade_count: 1, gross: '1000', charges: '3' })
})

test('round trips of several runs that are added in one statement are summed to each', async () => {
  const [one, another] = [await addRun(two.anna), await addRun(two.anna)]
  for (const run of [one, another]) await addTrade(two.anna, run, { gross: '1', exitAt })
  const read = two.anna.read('trades', 'fills')
  const rows = await read
    .selectFrom('trades')
    .selectAll()
    .where('run_id', 'in', [one, another])
    .orderBy('id')
    .execute()
  const [first, second] = rows
  if (!first || !second) throw new Error('Both runs have a trade')
  // Crossed fills are new pairs, which is all that the table asks for.
  const copies = [
    { ...first, entry_fill_id: second.entry_fill_id, gross: '10' },
    { ...first, exit_fill_id: second.exit_fill_id, gross: '20' },
    { ...second, entry_fill_id: first.entry_fill_id, exit_fill_id: first.entry_fill_id, gross: '30' },
  ].map(({ broker_id: _broker, ...row }) => ({ ...row, id: uuidv7() }))
  await two.anna.insert('trades', copies).execute()
  expect(await sumsOf(two.anna, one)).toMatchObject({ trade_count: 3, gross: '31' })
  expect(await sumsOf(two.anna, another)).toMatchObject({ trade_count: 2, gross: '31' })
})

test('round trips that are undone are not summed', async () => {
  const run = await addRun(two.ben)
  const undone = two.ben.transaction(async (tx) => {
    await addTrade(tx, run, { gross: '5', exitAt })
    expect(await sumsOf(tx, run)).toMatchObject({ trade_count: 1, gross: '5' })
    throw new Error('undo')
  })
  await expect(undone).rejects.toThrow('undo')
  expect(await sumsOf(two.ben, run)).toMatchObject({ trade_count: 0, gross: '0' })
})
