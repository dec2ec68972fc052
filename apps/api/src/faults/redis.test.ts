import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { loadAllowance, recoveryMs } from '../testing/recovery.ts'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
let redis: TestRedis
let server: ServerProcess
beforeAll(async () => {
  ;[database, sim, redis] = await Promise.all([createTestDatabase(), startKiteSim(), startTestRedis()])
  server = await startServerProcess(sim, { DATABASE_URL: database.url, REDIS_URL: redis.url })
}, 60_000)
afterAll(async () => {
  await server.stop()
  await Promise.all([sim.close(), redis.stop()])
  await database.drop()
})

it('a Redis that forgets everything signs everybody out cleanly, and stops neither sign-ins nor runs', async () => {
  const ids = ['UK9394', 'UK1234']
  const signIn = (id: string) => vi.waitFor(() => server.signIn(id), { timeout: 15_000, interval: 50 })
  const run = { strategyId: 'ema-crossover', mode: 'paper', params: { fastLength: 2, slowLength: 5 } }
  const old: string[] = []
  const loadMs = await loadAllowance(async () => {
    for (const id of ids) {
      const cookie = await signIn(id)
      old.push(cookie)
      const key = { 'idempotency-key': 'the-only-run' }
      expect((await server.call(cookie, 'POST', '/api/runs', run, key)).status).toBe(201)
    }
  })
  await redis.ask((client) => client.flushall())
  await redis.ask((client) => client.script('FLUSH'))
  const forgottenAt = performance.now()

  for (const cookie of old) {
    for (const path of ['/api/session', '/api/runs', '/api/devices']) {
      const answer = await server.call(cookie, 'GET', path)
      expect([path, answer.status, JSON.parse(await answer.text()).code]).toEqual([path, 401, 'signed-out'])
    }
  }
  for (const id of ids) {
    const cookie = await signIn(id)
    const session = await server.call(cookie, 'GET', '/api/session')
    expect(JSON.parse(await session.text())).toMatchObject({ brokerId: id })
    await vi.waitFor(
      async () => {
        const runs = await server.call(cookie, 'GET', '/api/runs')
        expect(JSON.parse(await runs.text()).items).toMatchObject([{ status: 'running' }])
      },
      { timeout: 10_000, interval: 50 },
    )
  }
  expect(performance.now() - forgottenAt).toBeLessThan(recoveryMs + loadMs)
  for (const cookie of old) expect((await server.call(cookie, 'GET', '/api/session')).status).toBe(401)
  expect(server.isRunning()).toBe(true)
  expect(server.output()).not.toMatch(/"level":(50|60)/)
}, 60_000)
