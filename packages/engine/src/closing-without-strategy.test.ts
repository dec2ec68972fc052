import { expect, test } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, askToStop, fillsOf, logOf, readRun, untilSeen, untilStatus } from './testing/runs.ts'
import { startStack } from './testing/stack.ts'

const params = { stopLossPct: 0, takeProfitPct: 0 }

test('positions are closed when asked, also of a run whose strategy is not there any more', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const before = createEngine(stack.engineOptions)
  await before.start()
  const run = await addRun(asha, params)
  const other = await addRun(rohan, params)
  await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  for (let step = 0; step < 40; step += 1) await stack.advance(1)
  await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  await before.stop()
  const fills = await fillsOf(asha, run)
  const lots = () => asha.read('open_lots').selectFrom('open_lots').select('remaining').execute()
  expect(await lots()).toEqual([{ remaining: 10 }])

  await askToStop(asha, run, true)
  const without = createEngine({ ...stack.engineOptions, findStrategy: () => undefined })
  await without.start()
  // It may be closed at the price sent again on subscribing, or at this one.
  await stack.advance(1)
  await untilStatus(asha, run, 'stopped')
  await untilStatus(rohan, other, 'failed')
  await without.stop()

  expect(await lots()).toEqual([])
  expect((await fillsOf(asha, run)).length).toBe(fills.length + 1)
  expect(await logOf(asha, run)).toContain(
    'There is no strategy ema-crossover. Its positions can be closed without it',
  )
  expect((await readRun(rohan, other)).stop_reason).toMatch(/^There is no strategy ema-crossover/)
})
