import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cuttableDatabase } from '../testing/cuttable.ts'
import { expectBounded } from '../testing/expect-bounded.ts'
import { Load } from '../testing/load.ts'
import { loadAllowance, recoveryMs, untilServed } from '../testing/recovery.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

/** How long an answer may take, on a machine that other tests keep busy. */
const boundMs = 6000

let database: TestDatabase
let sim: RunningKiteSim
let way: Awaited<ReturnType<typeof cuttableDatabase>>
let owner: pg.Client
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  way = await cuttableDatabase(database.url)
  owner = new pg.Client(database.url)
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await Promise.all([sim.close(), way.close()])
  await database.drop()
})

describe.each(['memory', 'postgres'])('a server with sessions in %s', (store) => {
  let server: ServerProcess
  let cookies: readonly string[]
  beforeAll(async () => {
    server = await startServerProcess(sim, { DATABASE_URL: way.url, SESSION_STORE: store })
    const signedIn = (userId: string) => vi.waitFor(() => server.signIn(userId), { timeout: 30_000 })
    cookies = [await signedIn('UK9394'), await signedIn('UK1234')]
  }, 60_000)
  afterAll(() => server.stop())
  let load: Load
  beforeEach(() => {
    load = new Load(server)
  })

  let loadMs: number
  /** Puts both accounts under load, and learns what this machine needs for it. */
  const begin = async () => {
    for (const cookie of cookies) await load.run(cookie)
    loadMs = await loadAllowance(() => untilServed(load, performance.now(), 20_000))
  }
  /** Waits until all is well since that moment, which is when the fault ended. */
  const untilRecovered = (since: number) => untilServed(load, since, recoveryMs + loadMs)
  const expectKept = async () => {
    const { rows } = await owner.query<{ word: string }>(
      "select id::text as word from runs union select detail->>'label' from audit_log where action = 'device-renamed'",
    )
    const kept = new Set(rows.map(({ word }) => word))
    const { labels, runs } = load.acknowledged
    expect(labels.size + runs.size).toBeGreaterThan(0)
    expect([...labels, ...runs].filter((word) => !kept.has(word))).toEqual([])
    expect(server.isRunning()).toBe(true)
  }

  it('loses nothing it acknowledged and goes on when single connections to Postgres are ended, whosever they are', async () => {
    await begin()
    for (let turn = 0; turn < 12; turn += 1) {
      const { rows } = await owner.query<{ application_name: string }>(
        `select application_name, pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name like 'stratdesk%'
         order by (application_name = 'stratdesk-api') = $1 desc, state = 'active' desc, state_change desc limit 1`,
        [turn % 2 === 0],
      )
      expect(rows).toHaveLength(1)
      await untilRecovered(performance.now())
    }
    await load.stop()
    expectBounded(load.answers, boundMs)
    await expectKept()
  }, 60_000)

  it('answers late, or in bounded time that it cannot, while each answer of Postgres takes 600 ms', async () => {
    await begin()
    const since = performance.now()
    way.delayBy(600)
    try {
      await vi.waitFor(
        () => {
          const late = load.answers.filter(
            ({ at, ms, what }) => at > since + 300 && ms > 150 && what !== 'health',
          )
          expect(late.length).toBeGreaterThan(8)
        },
        { timeout: 15_000, interval: 20 },
      )
    } finally {
      way.delayBy(0)
    }
    await untilRecovered(performance.now())
    await load.stop()
    const during = load.answers.filter(({ at, what }) => at > since + 300 && what === 'read')
    // A session store has 500 ms; the others wait.
    expect(during.some(({ status }) => status === (store === 'postgres' ? 503 : 200))).toBe(true)
    expectBounded(load.answers, boundMs)
    await expectKept()
  }, 60_000)

  it('gives calls up that a lock keeps waiting, serves the others, and goes on when it is released', async () => {
    const [cookie = '', other = ''] = cookies
    const timed = async (what: string, ...call: Parameters<ServerProcess['call']>) => {
      const began = performance.now()
      const { status, headers, ...response } = await server.call(...call).then(async (answer) => ({
        status: answer.status,
        headers: answer.headers,
        body: await answer.text(),
      }))
      const at = performance.now()
      return { what, status, headers, body: response.body, at, ms: at - began }
    }
    const askAll = async () => {
      for (const who of cookies) expect((await timed('trades', who, 'GET', '/api/trades')).status).toBe(200)
    }
    const tradesLoadMs = await loadAllowance(askAll)
    const holder = new pg.Client(database.url)
    await holder.connect()
    await holder.query('begin; lock table trades in access exclusive mode')
    const kept = [cookie, other, cookie, other].map((who) => timed('trades', who, 'GET', '/api/trades'))
    const served = await timed('audit', cookie, 'GET', '/api/audit')
    expect(served.status).toBe(200)
    const answers = await Promise.all(kept)
    await holder.query('rollback')
    const releasedAt = performance.now()
    await askAll()
    expect(performance.now() - releasedAt).toBeLessThan(recoveryMs + tradesLoadMs)
    await holder.end()
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
    expectBounded(answers, boundMs)
    expect(server.isRunning()).toBe(true)
  }, 60_000)
})
