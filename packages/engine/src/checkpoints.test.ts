import { createListener } from '@stratdesk/data/listen'
import { expect, test, vi } from 'vitest'
import { createEngine } from './engine.ts'
import { readCheckpoint } from './runs/checkpoint.ts'
import { forkEngine } from './testing/fork-engine.ts'
import { addRun, fillsOf, logOf, readRun, untilSeen } from './testing/runs.ts'
import { shortenLease } from './testing/shorten-lease.ts'
import { type Stack, startStack } from './testing/stack.ts'

/** Never decides: its slow average is not there before the four hundredth price. */
const patient = { fastLength: 200, slowLength: 400 }
const checkpointMs = 3_600_000
type Scope = Awaited<ReturnType<Stack['signIn']>>

/** Hears when an account's runs have processed the prices of an instant, written or not. */
async function listenToTicks(stack: Stack) {
  const heard = new Set<string>()
  const listener = createListener({ url: stack.engineOptions.url })
  await listener.listen('account_ticks', (payload) => {
    const [brokerId = ''] = payload.split(' ', 1)
    for (const { marketTime } of JSON.parse(payload.slice(brokerId.length)).prices)
      heard.add(`${brokerId} ${marketTime}`)
  })
  return {
    untilProcessed: (brokerId: string) =>
      vi.waitUntil(() => heard.has(`${brokerId} ${new Date(stack.now()).toISOString()}`), {
        timeout: 10_000,
      }),
    [Symbol.asyncDispose]: () => listener.close(),
  }
}

async function writtenAt(scope: Scope, run: string): Promise<number | undefined> {
  const { seen } = readCheckpoint((await readRun(scope, run)).checkpoint)
  return seen[0]?.[1].timeMs
}

test('prices that decide nothing wait to be written together; a stop writes them, and what is decided is written at once', async () => {
  await using stack = await startStack()
  await using ticks = await listenToTicks(stack)
  const [asha, rohan] = [await stack.signIn('UK9394'), await stack.signIn('UK1234')]
  const startedAt = stack.now()
  const engine = createEngine({ ...stack.engineOptions, checkpointMs })
  await engine.start()
  const [quiet, busy] = [await addRun(asha, patient), await addRun(rohan)]
  await untilSeen(asha, quiet, stack.now())
  await untilSeen(rohan, busy, stack.now())
  for (let second = 1; second <= 30; second += 1) {
    await stack.advance(1)
    await ticks.untilProcessed('UK9394')
  }
  await ticks.untilProcessed('UK1234')

  expect(await writtenAt(asha, quiet)).toBe(startedAt)
  // Devices may see a price while what it led to is still on its way into the database.
  await vi.waitFor(async () => {
    const fills = await fillsOf(rohan, busy)
    expect(fills.length).toBeGreaterThan(1)
    expect(await writtenAt(rohan, busy)).toBe(Date.parse(fills.at(-1)?.market_time ?? ''))
  })

  await engine.stop()
  expect(await writtenAt(asha, quiet)).toBe(stack.now())
  expect(await writtenAt(rohan, busy)).toBe(stack.now())
})

test('a process that is killed takes with it what was not written, and no fill; the run goes on behind the gap', async () => {
  await using stack = await startStack()
  await using ticks = await listenToTicks(stack)
  await shortenLease(stack.engineOptions.url, 2)
  const [asha, rohan] = [await stack.signIn('UK9394'), await stack.signIn('UK1234')]
  await using first = await forkEngine({ ...stack.engineOptions, checkpointMs })
  const [quiet, busy] = [await addRun(asha, patient), await addRun(rohan)]
  await untilSeen(asha, quiet, stack.now())
  await untilSeen(rohan, busy, stack.now())
  for (let second = 1; second <= 20; second += 1) {
    await stack.advance(1)
    for (const brokerId of ['UK9394', 'UK1234']) await ticks.untilProcessed(brokerId)
  }
  const before = await fillsOf(rohan, busy)
  await first.kill()
  await using _second = await forkEngine(stack.engineOptions)
  await untilSeen(asha, quiet, stack.now(), 30_000)
  await untilSeen(rohan, busy, stack.now(), 30_000)

  // Of what the first one saw, it has the first price, and the last one, which the broker sends again.
  expect((await readRun(asha, quiet)).checkpoint).toMatchObject({ nextSeq: 1 })
  expect(await logOf(asha, quiet)).toContain(
    'No prices of SIM:SPX500 were seen from 2026-03-02 09:30:00 to 2026-03-02 09:30:20 IST',
  )
  expect((await fillsOf(rohan, busy)).slice(0, before.length)).toEqual(before)
}, 60_000)

test('two accounts at a time write what nobody waits for, and give their turns to the others', async () => {
  await using stack = await startStack()
  const engine = createEngine({ ...stack.engineOptions, checkpointTurnMs: 3_600_000 })
  await engine.start()
  const users = ['UK9394', 'UK1234', 'UK0001', 'UK0002', 'UK0003']
  const scopes = await Promise.all(users.map((user) => stack.signIn(user)))
  const runs = await Promise.all(scopes.map(async (scope) => [scope, await addRun(scope, patient)] as const))
  for (const [scope, run] of runs) await untilSeen(scope, run, stack.now())
  // By whom a turn is kept, it is not given to anybody else for an hour.
  for (let second = 1; second <= 3; second += 1) {
    await stack.advance(1)
    for (const [scope, run] of runs) await untilSeen(scope, run, stack.now())
  }
  await engine.stop()
})
