import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, askToStop, readRun, untilSeen, untilStatus } from './testing/runs.ts'
import { shortenLease } from './testing/shorten-lease.ts'
import { startStack } from './testing/stack.ts'

/** What the queue does with an account whose process was silent for longer than its lease. */
async function putBack(url: string, brokerId: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    "update pgboss.job set state = 'retry', heartbeat_on = null, start_after = now() where singleton_key = $1",
    [brokerId],
  )
  await client.end()
}

test('a process that takes its own lost account again hears what is wanted, and keeps nothing of the old actor', async () => {
  await using stack = await startStack()
  // So long that no heartbeat notices the loss before the account is taken again.
  await shortenLease(stack.engineOptions.url, 600)
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  const run = await addRun(asha)
  const other = await addRun(rohan)
  await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  const counted = (text: string, outcome?: string) =>
    stack.logged.filter(
      ({ message, fields }) =>
        message === text &&
        'brokerId' in fields &&
        fields.brokerId === 'UK9394' &&
        (outcome === undefined || ('outcome' in fields && fields.outcome === outcome)),
    ).length

  await putBack(stack.engineOptions.url, 'UK9394')
  await vi.waitUntil(() => counted('Took an account') === 2, { timeout: 10_000 })
  // Without a single tick the old actor is gone, and the new one is the one that is told.
  await vi.waitUntil(() => counted('Left an account', 'lost') === 1, { timeout: 5_000 })
  await askToStop(asha, run, false)
  await untilStatus(asha, run, 'stopped')
  await engine.stop()

  expect([counted('Took an account'), counted('Left an account')]).toEqual([2, 2])
  expect((await readRun(rohan, other)).status).toBe('running')
})
