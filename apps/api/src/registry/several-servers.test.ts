import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
const servers: ServerProcess[] = []

beforeEach(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  await sim.close()
  await database.drop()
})

const [old, fresh] = ['o'.repeat(32), 'f'.repeat(32)]

async function start(env: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await startServerProcess(sim, { DATABASE_URL: database.url, ENGINE: 'off', ...env })
  servers.push(server)
  return server
}

const readiness = async ({ url }: ServerProcess) => JSON.parse(await (await fetch(`${url}/readyz`)).text())

test(
  'accepts a second server with the same secret, rejects a third whose session secret differs, and lets a list change it',
  { timeout: 60_000 },
  async () => {
    const shared = { SESSION_STORE: 'postgres' }
    const [first, second] = [
      await start({ ...shared, SESSION_SECRET: old }),
      await start({ ...shared, SESSION_SECRET: old }),
    ]
    const cookies = [await first.signIn('UK9394'), await first.signIn('UK1234')]
    for (const cookie of cookies) expect((await second.call(cookie, 'GET', '/api/session')).status).toBe(200)

    const third = start({ ...shared, SESSION_SECRET: fresh })
    await expect(third).rejects.toThrow(
      /authentication fails after deployment[^]+Set the same SESSION_SECRET/,
    )

    const changing = await start({ ...shared, SESSION_SECRET: `${fresh},${old}` })
    expect((await changing.call(cookies[0] ?? '', 'GET', '/api/session')).status).toBe(200)
    expect(await readiness(changing)).toMatchObject({
      status: 'ready',
      servers: { status: 'ok', findings: [] },
    })
  },
)

test('a server that was killed keeps none from starting on its machine', { timeout: 60_000 }, async () => {
  const killed = await start({ SESSION_STORE: 'postgres', SESSION_SECRET: old })
  await killed.kill()
  const next = await start({ SESSION_STORE: 'postgres', SESSION_SECRET: fresh })
  expect(await readiness(next)).toMatchObject({ servers: { status: 'ok', findings: [] } })
})

test(
  'only warns with sessions in memory, in the log and in readiness, and goes on serving',
  { timeout: 60_000 },
  async () => {
    const memory = { SESSION_STORE: 'memory' }
    await start({ ...memory, SESSION_SECRET: old })
    const second = await start({ ...memory, SESSION_SECRET: fresh })
    const response = await fetch(`${second.url}/readyz`)
    expect(response.status).toBe(200)
    const { servers: said } = JSON.parse(await response.text())
    expect(said.status).toBe('attention')
    expect(said.findings.join('\n')).toMatch(/set the same SESSION_SECRET[^]+SESSION_STORE=postgres/)
    expect(second.output()).toContain('set the same SESSION_SECRET on all of them')
  },
)
