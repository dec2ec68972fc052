import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { getSession } from '@stratdesk/contracts/session'
import { createPool } from '@stratdesk/data/pool'
import { createServerTable } from '@stratdesk/data/servers'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readCommit } from '../features/about/build.ts'
import { TestEventSource } from '../testing/event-source.ts'
import { startServerProcess } from '../testing/server-process.ts'
import { programChangedExit } from './same-program.ts'

let database: TestDatabase
let sim: RunningKiteSim
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
})
afterAll(async () => {
  await sim.close()
  await database.drop()
})

/** What a server says that was not told where to keep sessions. */
const postgresByItself = '"msg":"Sessions are kept in Postgres: WORKERS is over 1 and there is no REDIS_URL"'

const pidsIn = (output: string) =>
  [...output.matchAll(/"worker":(\d+),"how":"SIGKILL"/g)].map((match) => Number(match[1]))

/** Which of these processes are on the list of servers. */
async function listed(pids: readonly number[]): Promise<readonly number[]> {
  const pool = createPool({ url: database.url })
  try {
    const servers = await createServerTable(pool).living()
    return servers.map(({ pid }) => pid).filter((pid) => pids.includes(pid))
  } finally {
    await pool.end()
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('WORKERS=2', () => {
  it(
    'keeps everybody signed in over all workers and when one of them is killed',
    { timeout: 60_000 },
    async () => {
      const server = await startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2' })
      try {
        const ready = /"sessions":"postgres","workers":2,"msg":"ready"/
        await vi.waitFor(() => expect(server.output()).toMatch(ready))
        expect(server.output().split(postgresByItself)).toHaveLength(2)
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
        expect(server.workers()).toHaveLength(2)
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

  it(
    'ends with 0 at a Ctrl-C, which a terminal sends to every process, with streams open',
    { timeout: 60_000 },
    async () => {
      const server = await startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2' })
      const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
      const streams = await Promise.all(cookies.map((cookie) => TestEventSource.open(server.url, cookie)))
      const began = performance.now()
      const workers = server.workers()
      expect(workers).toHaveLength(2)
      for (const worker of workers) process.kill(worker, 'SIGINT')
      process.kill(server.pid, 'SIGINT')
      await Promise.all(streams.map((stream) => stream.ended))
      expect(await server.stopped()).toBe(0)
      expect(performance.now() - began).toBeLessThan(10_000)
      expect(server.output()).not.toMatch(/second SIG|"level":(50|60)/)
      expect(await listed(workers)).toEqual([])
    },
  )

  it(
    'a server whose first process is killed closes what it has open: streams, its place on the list, its log',
    { timeout: 60_000 },
    async () => {
      const server = await startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2' })
      const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
      const streams = await Promise.all(cookies.map((cookie) => TestEventSource.open(server.url, cookie)))
      const workers = server.workers()
      expect(await listed(workers)).toHaveLength(2)
      await server.kill()
      await Promise.all(streams.map((stream) => stream.ended))
      await vi.waitFor(async () => expect(await listed(workers)).toEqual([]), { timeout: 10_000 })
      await vi.waitFor(() => expect(workers.filter(isAlive)).toEqual([]), { timeout: 10_000 })
      expect([...server.output().matchAll(/"msg":"stopping"/g)]).toHaveLength(2)
    },
  )

  it('starts no worker of another program than that of its first process', { timeout: 60_000 }, async () => {
    const commit = await readCommit()
    const server = await startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2' })
    const workers = server.workers()
    expect(workers).toHaveLength(2)
    for (const worker of workers) {
      const command = (await readFile(`/proc/${worker}/cmdline`, 'utf8')).split('\0')
      expect(command.filter((part) => part.startsWith('--of-commit='))).toEqual(
        commit === null ? [] : [`--of-commit=${commit}`],
      )
    }
    await server.stop()
    const worker = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), ['--of-commit=another'], {
      // What makes a process a worker of node:cluster.
      env: { PATH: process.env['PATH'], NODE_UNIQUE_ID: '1', DATABASE_URL: database.url },
      execArgv: [],
      silent: true,
    })
    expect(await once(worker, 'exit')).toEqual([programChangedExit, null])
  })

  it('says nothing of where sessions are kept when it was told', { timeout: 60_000 }, async () => {
    const told = { DATABASE_URL: database.url, WORKERS: '2', SESSION_STORE: 'postgres' }
    const server = await startServerProcess(sim, told)
    await vi.waitFor(() => expect(server.output()).toMatch(/"sessions":"postgres","workers":2,"msg":"ready"/))
    await server.stop()
    expect(server.output()).not.toContain(postgresByItself)
  })

  it('does not start with sessions in memory, which each worker would have its own of', async () => {
    await expect(
      startServerProcess(sim, { DATABASE_URL: database.url, WORKERS: '2', SESSION_STORE: 'memory' }),
    ).rejects.toThrow(/SESSION_STORE/)
  })
})
