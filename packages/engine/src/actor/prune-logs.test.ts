import { expect, test } from 'vitest'
import { addRun, logOf } from '../testing/runs.ts'
import { startStack } from '../testing/stack.ts'
import { LogPruner, pruneLog } from './prune-logs.ts'

test('the newest lines of a run stay; other runs and other brokers keep theirs', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const [long, short, other] = [await addRun(asha), await addRun(asha), await addRun(rohan)]
  const lines = (run_id: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      run_id,
      level: 'info' as const,
      message: `line ${index}`,
    }))
  await asha.insert('run_logs', [...lines(long, 30), ...lines(short, 5)]).execute()
  await rohan.insert('run_logs', lines(other, 30)).execute()

  await pruneLog(asha, long, 10)
  await pruneLog(asha, short, 10)
  await pruneLog(asha, other, 10)

  expect(await logOf(asha, long)).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 20}`))
  expect((await logOf(asha, short)).length).toBe(5)
  expect((await logOf(rohan, other)).length).toBe(30)
})

test('the log of a run is looked at every 500 lines and then holds 5,000', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const [run, other] = [await addRun(asha), await addRun(rohan)]
  const batch = Array.from({ length: 600 }, () => ({ run_id: run, level: 'info' as const, message: 'again' }))
  const pruner = new LogPruner(asha)
  for (let round = 0; round < 10; round += 1) {
    await asha.insert('run_logs', batch).execute()
    await pruner.count(batch.map(() => ({ runId: run })))
  }
  expect((await logOf(asha, run)).length).toBeLessThanOrEqual(5_500)
  expect(await logOf(rohan, other)).toEqual([])
})
