import { expect, test } from 'vitest'
import { forkEngine } from './testing/fork-engine.ts'
import { addRun, fillsOf, readRun, untilSeen } from './testing/runs.ts'
import { shortenLease } from './testing/shorten-lease.ts'
import { type Stack, startStack } from './testing/stack.ts'

const steps = 60
const params = { fastLength: 2, slowLength: 4, stopLossPct: 1, takeProfitPct: 2 }

/** Plays the same market step by step, killing the engine where asked, and returns what came of two accounts. */
async function play(stack: Stack, killAt: ReadonlyMap<number, 'after' | 'during'>) {
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  let engine = await forkEngine(stack.engineOptions)
  try {
    const first = await addRun(asha, params)
    const second = await addRun(rohan, { ...params, direction: 'long-only', quantity: 3 })
    const seen = async () => {
      await untilSeen(asha, first, stack.now(), 30_000)
      await untilSeen(rohan, second, stack.now(), 30_000)
    }
    await seen()
    for (let step = 1; step <= steps; step += 1) {
      await stack.advance(1)
      const kill = killAt.get(step)
      if (kill !== 'during') await seen()
      if (kill !== undefined) {
        await engine.kill()
        engine = await forkEngine(stack.engineOptions)
        await seen()
      }
    }
    return {
      fills: [await fillsOf(asha, first), await fillsOf(rohan, second)],
      checkpoints: [(await readRun(asha, first)).checkpoint, (await readRun(rohan, second)).checkpoint],
      counts: await countsOf(asha, first),
    }
  } finally {
    await engine.kill()
  }
}

async function countsOf(scope: Awaited<ReturnType<Stack['signIn']>>, id: string) {
  const count = async (table: 'order_intents' | 'orders' | 'fills' | 'trades') =>
    (await scope.read(table).selectFrom(table).select('id').where('run_id', '=', id).execute()).length
  const events = await scope.read('events').selectFrom('events').select('type').execute()
  return {
    intents: await count('order_intents'),
    orders: await count('orders'),
    fills: await count('fills'),
    trades: await count('trades'),
    fillEvents: events.filter(({ type }) => type === 'fill').length,
    tradeEvents: events.filter(({ type }) => type === 'trade').length,
  }
}

test('killed at any step and started again, the fills are those of an undisturbed run', async () => {
  await using calm = await startStack('crash')
  await using rough = await startStack('crash')
  await shortenLease(rough.engineOptions.url, 2)
  const undisturbed = await play(calm, new Map())
  const killed = await play(
    rough,
    new Map([
      [1, 'during'],
      [9, 'after'],
      [17, 'during'],
      [18, 'during'],
      [31, 'during'],
      [32, 'after'],
      [44, 'during'],
    ]),
  )

  expect(undisturbed.fills[0]?.length).toBeGreaterThan(5)
  expect(undisturbed.fills[1]?.length).toBeGreaterThan(2)
  expect(killed.fills).toEqual(undisturbed.fills)
  expect(killed.counts).toEqual(undisturbed.counts)
  expect(killed.checkpoints).toEqual(undisturbed.checkpoints)
}, 120_000)

test('a killed process loses its account to another that was waiting, within 30 seconds', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  await using first = await forkEngine(stack.engineOptions)
  const run = await addRun(asha)
  await untilSeen(asha, run, stack.now())
  await using second = await forkEngine(stack.engineOptions)
  await stack.advance(1)
  await untilSeen(asha, run, stack.now())
  expect(second.messages).toEqual([])

  await first.kill()
  const killedAt = performance.now()
  await stack.advance(1)
  await untilSeen(asha, run, stack.now(), 30_000)

  expect(performance.now() - killedAt).toBeLessThan(30_000)
  expect(second.messages).toContain('Took an account')
}, 60_000)

test('a process that is told to stop hands its account over at once', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  await using first = await forkEngine(stack.engineOptions)
  const run = await addRun(asha)
  await untilSeen(asha, run, stack.now())
  await using second = await forkEngine(stack.engineOptions)

  await first.stop()
  const stoppedAt = performance.now()
  await stack.advance(1)
  await untilSeen(asha, run, stack.now())

  expect(performance.now() - stoppedAt).toBeLessThan(3_000)
  expect(second.messages).toContain('Took an account')
})
