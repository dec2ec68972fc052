import { getSession } from '@stratdesk/contracts/session'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TestEventSource } from '../testing/event-source.ts'
import { startServerProcess } from '../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
})
afterAll(async () => {
  await sim.close()
  await database.drop()
})

const pidsIn = (output: string) =>
  [...output.matchAll(/"worker":(\d+),"how":"SIGKILL"/g)].map((match) => Number(match[1]))

describe('WORKERS=2', () => {
  it(
    'keeps everybody signed in over all workers and when one of them is killed',
    { timeout: 60_000 },
    async () => {
      const server = await startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2' })
      try {
        const ready = /"sessions":"postgres","workers":2,"msg":"ready"/
        await vi.waitFor(() => expect(server.output()).toMatch(ready))
        const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
        const whoIs = async (cookie: string) => {
          const answer = await server.call(cookie, 'GET', '/api/session', undefined, { connection: 'close' })
          return answer.status === 200
            ? getSession.replies[200].parse(await answer.json()).brokerId
            : answer.status
        }
        // Each on a connection of its own, which go to the workers in turn.
        const asked = Array.from({ length: 8 }, (_, turn) => whoIs(cookies[turn % 2] ?? ''))
        expect(new Set(await Promise.all(asked))).toEqual(new Set(['UK9394', 'UK1234']))

        const streams = await Promise.all(cookies.map((cookie) => TestEventSource.open(server.url, cookie)))
        const [worker = 0] = server.workers()
        process.kill(worker, 'SIGKILL')
        await vi.waitFor(() => expect(server.output()).toContain('a worker was replaced'), 15_000)
        expect(pidsIn(server.output())).toEqual([worker])
        expect(await Promise.all(cookies.map(whoIs))).toEqual(['UK9394', 'UK1234'])
        for (const stream of streams) stream.close()
      } finally {
        await server.stop()
      }
      expect(server.workers()).toEqual([])
    },
  )

  it('does not start with sessions in memory, which each worker would have its own of', async () => {
    await expect(
      startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2', SESSION_STORE: 'memory' }),
    ).rejects.toThrow(/SESSION_STORE/)
  })
})
