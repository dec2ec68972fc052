import pg from 'pg'
import { expect, test, vi } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, untilStatus } from './testing/runs.ts'
import { startStack } from './testing/stack.ts'

test('runs that were asked for while no engine ran, and have no job, are found at the start', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const run = await addRun(asha)
  const other = await addRun(rohan)

  const engine = createEngine(stack.engineOptions)
  await engine.start()
  await untilStatus(asha, run, 'running')
  await untilStatus(rohan, other, 'running')
  await engine.stop()
})

test('an account that could not be asked for is asked for again', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  const owner = new pg.Client({ connectionString: stack.engineOptions.url })
  await owner.connect()
  await owner.query('revoke insert on all tables in schema pgboss from stratdesk_app')
  const run = await addRun(asha)
  const other = await addRun(rohan)
  const failures = () => stack.logged.filter(({ message }) => message === 'An account could not be asked for')
  await vi.waitUntil(() => failures().length >= 2, { timeout: 5_000 })

  await owner.query('grant insert on all tables in schema pgboss to stratdesk_app')
  await owner.end()
  await untilStatus(asha, run, 'running')
  await untilStatus(rohan, other, 'running')
  await engine.stop()
  expect(
    stack.logged.filter(({ message }) => message.startsWith('Accounts with active runs could not')),
  ).toEqual([])
})
