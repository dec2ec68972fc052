import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cuttableDatabase } from '../testing/cuttable.ts'
import { TestEventSource } from '../testing/event-source.ts'
import { startFakeAzure } from '../testing/fake-azure.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
let owner: pg.Client
beforeEach(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  owner = new pg.Client(database.url)
  await owner.connect()
  return async () => {
    await owner.end()
    await sim.close()
    await database.drop()
  }
})

const start = (env: Readonly<Record<string, string>>) =>
  startServerProcess(sim, { DATABASE_URL: database.url, SESSION_STORE: 'postgres', ...env })
/** A store is given 500 ms, which a loaded machine may miss. */
const signIn = (server: ServerProcess, userId: string) =>
  vi.waitFor(() => server.signIn(userId), { timeout: 15_000, interval: 50 })
const startRun = (server: ServerProcess, cookie: string, key: string) => {
  const run = { strategyId: 'ema-crossover', mode: 'paper', params: { fastLength: 2, slowLength: 5 } }
  return server.call(cookie, 'POST', '/api/runs', run, { 'idempotency-key': key })
}
const count = async (sql: string) => Number((await owner.query<{ count: string }>(sql)).rows[0]?.count)
const untilCount = (sql: string, wanted: number) =>
  vi.waitFor(async () => expect(await count(sql)).toBe(wanted), { timeout: 10_000, interval: 5 })
const waiting =
  "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

describe('a server that is killed in mid-write', () => {
  it.each(['before it is committed', 'when it is committed and nobody was told'])(
    'leaves one run when the browser asks again: %s',
    async (when) => {
      const way = await cuttableDatabase(database.url)
      const [server, next] = await Promise.all([
        start({ ENGINE: 'off', DATABASE_URL: way.url }),
        start({ ENGINE: 'off' }),
      ])
      const cookies = [await signIn(server, 'UK9394'), await signIn(server, 'UK1234')] as const
      const holder = new pg.Client(database.url)
      await holder.connect()
      const isEarly = when.startsWith('before')
      if (isEarly)
        await holder.query("begin; select from broker_accounts where broker_id = 'UK9394' for update")
      else way.delayBy(150)
      const lost = startRun(server, cookies[0], 'the-only-run').then(
        () => 'answered',
        () => 'lost',
      )
      await (isEarly ? untilCount(waiting, 1) : untilCount('select count(*) from runs', 1))
      await server.kill()
      expect(await lost).toBe('lost')
      await holder.end()

      const ids: unknown[] = []
      for (let turn = 0; turn < 2; turn += 1) {
        const answer = await startRun(next, cookies[0], 'the-only-run')
        expect(answer.status).toBe(201)
        ids.push(JSON.parse(await answer.text()).id)
      }
      // The key is the account's own: the other one has a run of its own under it.
      const other = await startRun(next, cookies[1], 'the-only-run')
      expect(other.status).toBe(201)
      const { rows } = await owner.query('select id from runs order by broker_id desc')
      expect(rows).toEqual([{ id: ids[0] }, { id: JSON.parse(await other.text()).id }])
      expect(ids[1]).toBe(ids[0])
      expect(await count("select count(*) from audit_log where action = 'run-started'")).toBe(2)
      await next.stop()
      await way.close()
    },
    60_000,
  )
})

describe('a server that is told to stop under load', () => {
  let dataDir: string
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-faults-'))
  })
  afterAll(() => rm(dataDir, { recursive: true, force: true }))

  it('finishes what is in flight, ends the streams, sends its log and exits with 0 within ten seconds', async () => {
    const azure = await startFakeAzure('takes')
    const server = await start({ DATA_DIR: dataDir, ...azure.settings })
    const cookies = [await signIn(server, 'UK9394'), await signIn(server, 'UK1234')] as const
    for (const cookie of cookies) expect((await startRun(server, cookie, 'first-run')).status).toBe(201)
    const streams = await Promise.all(cookies.map((cookie) => TestEventSource.open(server.url, cookie)))
    await untilCount("select count(*) from runs where status = 'running'", 2)

    const statuses = new Set<number>()
    const read = async (cookie: string) => {
      for (;;) {
        // Each on a connection of its own, so that none is sent on one that is just being closed.
        const path = '/api/runs'
        const answer = await server.call(cookie, 'GET', path, undefined, { connection: 'close' })
        await answer.text()
        statuses.add(answer.status)
      }
    }
    const loops = cookies.map((cookie) => read(cookie).catch(() => 'over'))
    await vi.waitFor(() => expect(statuses.size).toBe(1))
    const holder = new pg.Client(database.url)
    await holder.connect()
    await holder.query('begin; select from broker_accounts for update')
    const inFlight = cookies.flatMap((cookie) =>
      ['second-run', 'third-run'].map((key) => startRun(server, cookie, key)),
    )
    await untilCount(
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'broker_accounts'",
      4,
    )
    const began = performance.now()
    const exit = server.stop()
    await vi.waitFor(() => expect(server.output()).toContain('"msg":"stopping"'), {
      timeout: 5000,
      interval: 5,
    })
    await holder.end()

    const finished = await Promise.all(inFlight)
    // A call whose lock was held for two seconds, as on a loaded machine it may be, is told so; none is cut off.
    const acknowledged = finished.filter(({ status }) => status === 201).length
    expect(finished.filter(({ status }) => ![201, 503].includes(status))).toEqual([])
    expect(acknowledged).toBeGreaterThan(0)
    expect(await exit).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    await Promise.all(streams.map((stream) => stream.ended))
    expect(await Promise.all(loops)).toEqual(['over', 'over'])
    expect([...statuses].filter((status) => ![200, 503].includes(status))).toEqual([])
    expect(await count('select count(*) from runs')).toBe(2 + acknowledged)
    const said = server.output().split('\n').filter(Boolean)
    expect(azure.lines.toSorted()).toEqual(said.toSorted())
    expect(said.join('\n')).not.toMatch(/"level":(50|60)/)
    await azure.close()
  }, 60_000)
})
