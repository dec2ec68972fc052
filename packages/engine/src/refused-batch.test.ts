import type { Decision, Strategy } from '@stratdesk/strategies/strategy'
import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createEngine } from './engine.ts'
import { addRun, logOf, readRun, untilSeen, untilStatus } from './testing/runs.ts'
import { startStack } from './testing/stack.ts'

/** Buys at each price for as long as `at` says, then leaves a state that no JSON column can hold. */
const unkeepable: Strategy<{ at: number }> = {
  id: 'unkeepable',
  title: 'Unkeepable',
  summary: 'Comes to what Postgres refuses',
  market: 'None',
  riskNote: 'It fails',
  version: '1',
  params: z.object({ at: z.number() }),
  instruments: () => ['SIM:SPX500'],
  quantity: () => 1,
  create({ at }) {
    let ticks = 0
    return {
      onTick({ instrument }): Decision[] {
        ticks += 1
        return [
          { kind: 'intent', side: 'buy', quantity: 1, instrument, orderType: 'MARKET', reason: 'more\0' },
        ]
      },
      snapshot: () => ({ ticks, text: ticks >= at ? '\0' : '' }),
      restore: (snapshot) => {
        ticks = z.object({ ticks: z.number() }).parse(snapshot).ticks
      },
    }
  },
}

test('a run whose consequences Postgres refuses fails alone; the other runs miss no price', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine({ ...stack.engineOptions, findStrategy: () => unkeepable })
  await engine.start()
  const healthy = [await addRun(asha, { at: 99 }, 'unkeepable'), await addRun(asha, { at: 99 }, 'unkeepable')]
  const other = await addRun(rohan, { at: 99 }, 'unkeepable')
  for (const run of healthy) await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  const broken = await addRun(asha, { at: 3 }, 'unkeepable')
  await untilStatus(asha, broken, 'running')
  for (let step = 1; step <= 6; step += 1) {
    await stack.advance(1)
    if (step < 3) await untilSeen(asha, broken, stack.now())
  }
  await untilStatus(asha, broken, 'failed')
  for (const run of healthy) await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  await engine.stop()

  expect((await readRun(asha, broken)).stop_reason).toMatch(
    /^The strategy failed: what it did cannot be kept \(.+\)\. Its position was left open: long 2 SIM:SPX500$/,
  )
  expect(stack.logged.find(({ message }) => message === 'What a run came to cannot be kept')).toMatchObject({
    fields: { brokerId: 'UK9394', runId: broken },
  })
  const ticks = async (scope: typeof asha, run: string) => (await readRun(scope, run)).checkpoint
  for (const run of healthy)
    expect(await ticks(asha, run)).toMatchObject({ nextSeq: 8, snapshot: { ticks: 7 } })
  expect(await ticks(rohan, other)).toMatchObject({ nextSeq: 8, snapshot: { ticks: 7 } })
})

test('prices that come while the database takes nothing are processed when it does again', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine({ ...stack.engineOptions, findStrategy: () => unkeepable })
  await engine.start()
  const run = await addRun(asha, { at: 99 }, 'unkeepable')
  const other = await addRun(rohan, { at: 99 }, 'unkeepable')
  await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  const owner = new pg.Client({ connectionString: stack.engineOptions.url })
  owner.on('error', () => {})
  await owner.connect()

  await owner.query('revoke select, update on runs from stratdesk_app')
  for (let step = 0; step < 9; step += 1) await stack.advance(1)
  // The fifth time in a row is some eight seconds later.
  const isFifth = ({ fields }: { fields: object }) => 'failures' in fields && fields.failures === 5
  await vi.waitUntil(() => stack.logged.filter(isFifth).length === 2, { timeout: 40_000 })
  await owner.query('grant select, update on runs to stratdesk_app')
  await owner.end()
  await untilSeen(asha, run, stack.now(), 30_000)
  await untilSeen(rohan, other, stack.now(), 30_000)
  await engine.stop()

  for (const [scope, id] of [
    [asha, run],
    [rohan, other],
  ] as const) {
    expect(await readRun(scope, id)).toMatchObject({ checkpoint: { snapshot: { ticks: 10 } } })
    expect((await logOf(scope, id)).filter((line) => line.includes('prices were skipped'))).toEqual([])
  }
}, 90_000)
