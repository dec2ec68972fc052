import { startKiteSim, type RunningKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Breakable } from '../testing/breakable.ts'
import { type BreakablePostgres, startBreakablePostgres } from '../testing/breakable-postgres.ts'
import { startBreakableRedis } from '../testing/breakable-redis.ts'
import { Load } from '../testing/load.ts'
import { loadAllowance, recoveryMs, untilServed } from '../testing/recovery.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

let sim: RunningKiteSim
let postgres: BreakablePostgres
let redis: Breakable
beforeAll(async () => {
  ;[sim, postgres, redis] = await Promise.all([
    startKiteSim(),
    startBreakablePostgres(),
    startBreakableRedis(),
  ])
}, 60_000)
afterAll(async () => {
  await sim.close()
  await Promise.all([postgres.close(), redis.close()])
})

interface Fault {
  readonly fault: string
  readonly break: (it: Breakable) => Promise<void>
  readonly mend: (it: Breakable) => Promise<void>
  /** How long an answer may take while it lasts. */
  readonly boundMs: number
}
const faults: readonly Fault[] = [
  { fault: 'killed', break: (it) => it.kill(), mend: (it) => it.start(), boundMs: 5000 },
  { fault: 'frozen', break: (it) => it.freeze(), mend: (it) => it.thaw(), boundMs: 15_000 },
  { fault: 'restarted', break: (it) => it.stop(), mend: (it) => it.start(), boundMs: 5000 },
]
/** Of Postgres alone: its connections hear of it, unlike those of one that is killed. */
const stoppedImmediately: Fault = {
  fault: 'stopped with -m immediate',
  break: () => postgres.stopImmediately(),
  mend: (it) => it.start(),
  boundMs: 5000,
}

describe.each(['postgres', 'redis'] as const)('a server with sessions in %s', (store) => {
  let server: ServerProcess
  let load: Load
  let cookies: readonly string[]
  beforeAll(async () => {
    server = await startServerProcess(sim, {
      DATABASE_URL: postgres.url,
      SESSION_STORE: store,
      ...(store === 'redis' ? { REDIS_URL: redis.url } : {}),
    })
    // Stores are given 500 ms, which is little for the first connection of a machine that is busy starting servers.
    const signedIn = (userId: string) => vi.waitFor(() => server.signIn(userId), { timeout: 30_000 })
    cookies = [await signedIn('UK9394'), await signedIn('UK1234')]
  }, 60_000)
  afterAll(() => server.stop())
  beforeEach(async () => {
    load = new Load(server)
    for (const cookie of cookies) await load.run(cookie)
  })
  afterEach(() => load.stop())

  it.each([...faults, stoppedImmediately])(
    'S41 Postgres is $fault under load: the same process answers 503 in bounded time, loses nothing it acknowledged and recovers',
    async (fault) => await expectSurvival(postgres, fault),
    120_000,
  )

  if (store === 'redis')
    it.each(faults)(
      'S41 Redis is $fault under load: the same process answers 503 in bounded time, loses nothing it acknowledged and recovers',
      async (fault) => await expectSurvival(redis, { ...fault, boundMs: 5000 }),
      120_000,
    )

  async function expectSurvival(
    dependency: Breakable,
    { break: breakIt, mend, boundMs }: Fault,
  ): Promise<void> {
    const loadMs = await loadAllowance(() => untilServed(load, performance.now(), 20_000))
    await breakIt(dependency)
    const brokenAt = performance.now()
    const refused = () => load.answers.filter(({ status, at }) => status === 503 && at > brokenAt)
    try {
      await vi.waitFor(
        () =>
          expect(refused().map(({ what }) => what)).toEqual(
            expect.arrayContaining(['read', 'write', 'start']),
          ),
        { timeout: boundMs + loadMs + 5000 },
      )
    } finally {
      await mend(dependency)
    }
    const mendedAt = performance.now()
    await untilServed(load, mendedAt, recoveryMs + loadMs)
    await load.stop()

    expect(server.isRunning()).toBe(true)
    for (const { what, status, ms, headers, body } of load.answers) {
      expect([what, status, [200, 201, 202, 409, 503].includes(status)]).toEqual([what, status, true])
      expect([what, status, ms < boundMs + loadMs]).toEqual([what, status, true])
      if (what === 'health') expect(status).toBe(200)
      if (status !== 503) continue
      // A request's id is by chance: it may read like any word.
      const { requestId: _id, ...words }: Record<string, unknown> = JSON.parse(body)
      expect(words).toMatchObject({ code: 'unavailable' })
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      // Nobody is told to forget a session that will be there again.
      expect(headers.get('set-cookie')).toBeNull()
      expect(JSON.stringify(words)).not.toMatch(/ECONN|terminat|timeout|postgres|redis|sql/i)
    }
    await expectKept()
  }

  async function expectKept(): Promise<void> {
    const client = new pg.Client(postgres.url)
    await client.connect()
    const { rows } = await client.query<{ word: string }>(
      "select id::text as word from runs union select detail->>'label' from audit_log where action = 'device-renamed'",
    )
    await client.end()
    const kept = new Set(rows.map(({ word }) => word))
    for (const said of [load.acknowledged.labels, load.acknowledged.runs]) {
      expect(said.size).toBeGreaterThan(0)
      expect([...said].filter((word) => !kept.has(word))).toEqual([])
    }
    // The label is in the session store as well: the last one acknowledged, or one tried after it.
    for (const cookie of cookies) {
      const session: { device: { id: string; label: string } } = JSON.parse(
        await (await server.call(cookie, 'GET', '/api/session')).text(),
      )
      const [device = '', count] = session.device.label.split(' ')
      const acknowledged = [...load.acknowledged.labels].filter((label) => label.startsWith(device))
      expect(session.device.id).toContain(device)
      expect(Number(count)).toBeGreaterThanOrEqual(Number(acknowledged.at(-1)?.split(' ')[1]))
    }
  }
})
