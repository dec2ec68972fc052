import { fileURLToPath, pathToFileURL } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

const hourMs = 3_600_000
const preload = pathToFileURL(fileURLToPath(new URL('../testing/shift-clock.ts', import.meta.url))).href

let database: TestDatabase
let sim: RunningKiteSim
let redis: TestRedis
beforeAll(async () => {
  ;[database, sim, redis] = await Promise.all([createTestDatabase(), startKiteSim(), startTestRedis()])
}, 60_000)
afterAll(async () => {
  await Promise.all([sim.close(), redis.stop()])
  await database.drop()
})

describe.each([
  { store: 'redis', settings: () => ({ REDIS_URL: redis.url }) },
  { store: 'postgres', settings: () => ({ SESSION_STORE: 'postgres' }) },
])('servers whose clocks are wrong, with sessions in $store', ({ settings }) => {
  const start = (hours: number) =>
    startServerProcess(sim, {
      DATABASE_URL: database.url,
      ENGINE: 'off',
      ...settings(),
      ...(hours === 0 ? {} : { NODE_OPTIONS: `--import ${preload}`, CLOCK_SHIFT_MS: String(hours * hourMs) }),
    })
  let right: ServerProcess
  let ahead: ServerProcess
  let behind: ServerProcess
  beforeAll(async () => {
    ;[right, ahead, behind] = await Promise.all([start(0), start(25), start(-1)])
  }, 60_000)
  afterAll(async () => {
    await Promise.all([right, ahead, behind].map((server) => server.stop()))
  })

  const signIn = (server: ServerProcess, userId: string) =>
    vi.waitFor(() => server.signIn(userId), { timeout: 15_000, interval: 50 })
  const sessionAt = (server: ServerProcess, cookie: string) =>
    vi.waitFor(
      async () => {
        const answer = await server.call(cookie, 'GET', '/api/session')
        expect(answer.status).not.toBe(503)
        const { code, expiresAt } = JSON.parse(await answer.text())
        return { status: answer.status, code, expiresAt }
      },
      { timeout: 15_000, interval: 50 },
    )
  const statusAt = async (server: ServerProcess, cookie: string) => (await sessionAt(server, cookie)).status

  it('one that is 25 hours ahead takes sessions for expired, and one that is an hour behind revives none', async () => {
    const [asha, rohan] = [await signIn(right, 'UK9394'), await signIn(right, 'UK1234')]
    const before = await sessionAt(right, asha)
    expect(await sessionAt(behind, asha)).toEqual(before)
    expect((await right.call(rohan, 'DELETE', '/api/session')).status).toBe(204)
    expect(await statusAt(behind, rohan)).toBe(401)

    expect(await sessionAt(ahead, asha)).toMatchObject({ status: 401 })
    for (const server of [ahead, right, behind]) {
      expect(await statusAt(server, asha)).toBe(401)
      expect(await statusAt(server, rohan)).toBe(401)
    }
  }, 60_000)

  it('each signs people in, and its sessions end a day later by its own clock', async () => {
    for (const [server, hours] of [
      [ahead, 25],
      [behind, -1],
    ] as const) {
      const signedIn = await sessionAt(server, await signIn(server, 'UK9394'))
      const lifeMs = Date.parse(signedIn.expiresAt) - (Date.now() + hours * hourMs)
      expect(signedIn.status).toBe(200)
      expect(lifeMs).toBeGreaterThan(24 * hourMs - 60_000)
      expect(lifeMs).toBeLessThanOrEqual(24 * hourMs)
    }
    for (const server of [right, ahead, behind]) {
      expect(server.isRunning()).toBe(true)
      expect(server.output()).not.toMatch(/"level":(50|60)/)
    }
  }, 60_000)
})
