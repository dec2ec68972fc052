import type { BrokerScope } from '@stratdesk/data/scope'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let owner: pg.Client
let one: TestBrowser
let two: TestBrowser
beforeAll(async () => {
  server = await startTestServer()
  owner = new pg.Client(server.database.url)
  await owner.connect()
  one = await server.signIn('UK9394')
  two = await server.signIn('UK1234')
})
afterAll(async () => {
  await owner.end()
  await server.close()
})

let keys = 0
async function start(browser: TestBrowser): Promise<string> {
  const body = { strategyId: 'ema-crossover', params: {}, mode: 'paper' }
  const response = await browser.post('/api/runs', body, { 'idempotency-key': `a-tick-${++keys}` })
  return response.json<{ id: string }>().id
}

const stop = (browser: TestBrowser, id: string) =>
  browser.post(`/api/runs/${id}/stop`, { flatten: true }, { 'if-match': '1' })

/** What an actor writes for a batch of ticks, in the order it does: the account locked first, then the run. */
async function tick(scope: BrokerScope, id: string, between = () => Promise.resolve()): Promise<void> {
  await scope.transaction(async (tx) => {
    await tx.lockAccount()
    await between()
    await tx.insert('run_logs', { run_id: id, level: 'info', message: 'A tick' }).execute()
    await tx.update('runs').set({ last_activity_at: new Date() }).where('id', '=', id).execute()
    await tx.emit('run', { runId: id, status: 'running', desired: 'running', revision: 1 })
  })
}

it('a stop that comes in the middle of a batch of ticks waits for it, and both are kept', async () => {
  const id = await start(one)
  await start(two)
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  let stopped: ReturnType<typeof stop> | undefined
  await tick(server.scope('UK9394'), id, async () => {
    stopped = stop(one, id)
    await vi.waitFor(async () => expect((await owner.query(waiting)).rowCount).toBe(1))
  })
  const response = await stopped
  expect([response?.statusCode, response?.json().desired]).toEqual([202, 'stopped'])
  const run = server.scope('UK9394').read('runs').selectFrom('runs').where('id', '=', id)
  expect((await run.select('last_activity_at').executeTakeFirst())?.last_activity_at).not.toBeNull()
})

it('stops and batches of ticks of many runs at once all get through', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => start(one)))
  const foreign = await start(two)
  const writes = ids.flatMap((id) => [
    tick(server.scope('UK9394'), id).then(() => 'ticked'),
    stop(one, id).then((response) => response.statusCode),
    tick(server.scope('UK9394'), id).then(() => 'ticked'),
  ])
  expect(await Promise.all(writes)).toEqual(ids.flatMap(() => ['ticked', 202, 'ticked']))
  expect((await two.get(`/api/runs/${foreign}`)).json().desired).toBe('running')
})
