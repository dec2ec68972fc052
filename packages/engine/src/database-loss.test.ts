import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, askToStop, fillsOf, readRun, untilSeen, untilStatus } from './testing/runs.ts'
import { type Stack, startStack } from './testing/stack.ts'

const params = { fastLength: 2, slowLength: 4, stopLossPct: 1, takeProfitPct: 2 }

/** Ends every connection to the database, in mid-statement where there is one, as a restart of Postgres does. */
async function cutConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await client.end()
}

async function play(stack: Stack, cutAt: ReadonlySet<number>) {
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  const runs = [
    [asha, await addRun(asha, params)],
    [rohan, await addRun(rohan, { ...params, quantity: 3 })],
  ] as const
  // A connection may be cut under the test's own feet as well.
  const untilAllSeen = () =>
    vi.waitFor(
      async () => {
        for (const [scope, run] of runs) await untilSeen(scope, run, stack.now())
      },
      { timeout: 20_000 },
    )
  await untilAllSeen()
  for (let step = 1; step <= 50; step += 1) {
    await stack.advance(1)
    if (cutAt.has(step)) await cutConnections(stack.engineOptions.url)
    else await untilAllSeen()
  }
  await untilAllSeen()
  await engine.stop()
  const fills = []
  for (const [scope, run] of runs) fills.push(await fillsOf(scope, run))
  return fills
}

test('the database cuts all connections again and again: no price and no fill is lost or doubled', async () => {
  await using calm = await startStack('crash')
  await using rough = await startStack('crash')
  const undisturbed = await play(calm, new Set())
  const cut = await play(rough, new Set([4, 5, 9, 17, 18, 25, 31, 44]))

  expect(undisturbed[0]?.length).toBeGreaterThan(5)
  expect(cut).toEqual(undisturbed)
}, 60_000)

test('after a loss of the connection the engine still hears what is wanted', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  const run = await addRun(asha)
  const other = await addRun(rohan)
  await untilStatus(asha, run, 'running')
  await untilStatus(rohan, other, 'running')
  await cutConnections(stack.engineOptions.url)

  await vi.waitFor(() => askToStop(asha, run, false), { timeout: 10_000 })
  await vi.waitFor(() => untilStatus(asha, run, 'stopped'), { timeout: 20_000 })
  expect((await readRun(rohan, other)).status).toBe('running')
  await engine.stop()
})
