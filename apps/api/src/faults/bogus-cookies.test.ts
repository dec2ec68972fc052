import { once } from 'node:events'
import { connect } from 'node:net'
import { randomBytes } from 'node:crypto'
import { Signer } from '@fastify/cookie'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

const secret = 'fedcba9876543210'.repeat(2)
const total = 100_000
const perBatch = 50
/** The cookies that were verified are remembered, but only so many, and the machinery of answering grows a little. */
const growthMaxMib = 12
const preload = new URL('../testing/say-memory.ts', import.meta.url).href

let database: TestDatabase
let sim: RunningKiteSim
let redis: TestRedis
let server: ServerProcess
beforeAll(async () => {
  ;[database, sim, redis] = await Promise.all([createTestDatabase(), startKiteSim(), startTestRedis()])
  server = await startServerProcess(sim, {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    ENGINE: 'off',
    LOG_LEVEL: 'warn',
    SESSION_SECRET: secret,
    NODE_OPTIONS: `--expose-gc --import ${preload}`,
  })
}, 60_000)
afterAll(async () => {
  await server.stop()
  await Promise.all([sim.close(), redis.stop()])
  await database.drop()
})

const [stranger, ours] = [new Signer('another secret, as long as a secret has to be'), new Signer(secret)]

/** Cookies that nobody was given: unsigned, signed with another secret, and well signed for an id that is unknown. */
const makers = [(id: string) => id, (id: string) => stranger.sign(id), (id: string) => ours.sign(id)]

/** Sends requests with a bogus cookie each over one connection, a batch at a time; answers their statuses. */
async function send(count: number): Promise<ReadonlySet<string>> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  const statuses = new Set<string>()
  let answered = 0
  let wake = () => {}
  let rest = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    const said = rest + text
    const heads = [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)]
    for (const [, status = ''] of heads) statuses.add(status)
    answered += heads.length
    // The beginning of another head may be at the end of what has come.
    const last = heads.at(-1)
    rest = said.slice(Math.max(last ? last.index + last[0].length : 0, said.length - 11))
    wake()
  })
  await once(socket, 'connect')
  for (let sent = 0; sent < count; sent += perBatch) {
    const batch = Array.from({ length: perBatch }, (_, at) => {
      const cookie = makers[at % makers.length]?.(randomBytes(32).toString('base64url')) ?? ''
      return `GET /api/session HTTP/1.1\r\nHost: x\r\nCookie: session=${encodeURIComponent(cookie)}\r\n\r\n`
    })
    socket.write(batch.join(''))
    while (answered < sent + perBatch) await new Promise<void>((resolve) => (wake = resolve))
  }
  socket.destroy()
  return statuses
}

/** What the server holds when all that it does not use any more is thrown away, in MiB. */
async function inUseMib(): Promise<number> {
  const said = () => [...server.output().matchAll(/in use: (\d+)/g)].map((found) => Number(found[1]))
  const before = said().length
  process.kill(server.pid, 'SIGWINCH')
  await vi.waitFor(() => expect(said().length).toBe(before + 1), { timeout: 15_000, interval: 20 })
  return (said().at(-1) ?? 0) / 1024 ** 2
}
const changes = async () =>
  Number(
    /rdb_changes_since_last_save:(\d+)/.exec(await redis.ask((client) => client.info('persistence')))?.[1],
  )

it('a hundred thousand bogus cookies open nothing, write nothing to the session store and take no memory', async () => {
  const cookie = await vi.waitFor(() => server.signIn('UK9394'), { timeout: 15_000, interval: 50 })
  const other = await vi.waitFor(() => server.signIn('UK1234'), { timeout: 15_000, interval: 50 })
  // What is allocated once, for a server at work, is there afterwards.
  await Promise.all([send(total / 20), send(total / 20)])
  const before = { mib: await inUseMib(), changes: await changes() }
  const statuses = await Promise.all([send(total / 2), send(total / 2)])
  for (const seen of statuses) {
    expect(seen).toContain('401')
    // A store that a loaded machine does not let answer in its 500 ms is out, which is said.
    expect([...seen].filter((status) => !['401', '503'].includes(status))).toEqual([])
  }
  expect((await inUseMib()) - before.mib).toBeLessThan(growthMaxMib)
  expect(await changes()).toBe(before.changes)
  for (const [who, id] of [
    [cookie, 'UK9394'],
    [other, 'UK1234'],
  ] as const) {
    const answer = await server.call(who, 'GET', '/api/session')
    expect(JSON.parse(await answer.text())).toMatchObject({ brokerId: id })
  }
  expect(server.isRunning()).toBe(true)
}, 120_000)
