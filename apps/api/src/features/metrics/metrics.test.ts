import { createTestDatabase } from '@stratdesk/data/testing'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TestEventSource } from '../../testing/event-source.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'
import { type ServerProcess, startServerProcess } from '../../testing/server-process.ts'

const token = 'a token of tests, to read numbers with'

describe('GET /metrics', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ metricsToken: token })
  })
  afterAll(() => server.close())

  const ask = (headers: Readonly<Record<string, string>>, remoteAddress = '127.0.0.1', url = '/metrics') =>
    server.app.inject({ url, headers, remoteAddress })

  it.each(['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1'])('answers %s', async (address) => {
    const answer = await ask({}, address)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4')
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it.each([
    ['another machine', {}, '192.0.2.7'],
    ['an address that only looks like loopback', {}, '::ffff:192.0.2.127'],
    ['a proxy on this machine', { 'x-forwarded-for': '192.0.2.7' }],
    ['a proxy that says Forwarded', { forwarded: 'for=192.0.2.7' }],
    ['a proxy that says X-Real-IP', { 'x-real-ip': '127.0.0.1' }],
    ['a wrong token', { authorization: `Bearer ${token}x` }, '192.0.2.7'],
    ['the token without its scheme', { authorization: token }, '192.0.2.7'],
  ])('answers %s as at an unknown address', async (_, headers, address?: string) => {
    const [answer, unknown] = [await ask(headers, address), await ask(headers, address, '/nothing-is-here')]
    const plain = ({ body, statusCode }: typeof answer) => [
      statusCode,
      body.replace(/"requestId":"[^"]+"/, ''),
    ]
    expect(plain(answer)).toEqual(plain(unknown))
    expect(answer.statusCode).toBe(404)
    expect(Object.keys(answer.headers)).toEqual(Object.keys(unknown.headers))
  })

  it('answers whoever has the token, from anywhere', async () => {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': '192.0.2.7' }
    expect((await ask(headers, '192.0.2.7')).statusCode).toBe(200)
  })

  it('opens to no token where none is set, not even an empty one', async () => {
    const closed = await startTestServer()
    for (const authorization of ['', 'Bearer ', 'Bearer undefined']) {
      const call = { url: '/metrics', headers: { authorization }, remoteAddress: '192.0.2.7' }
      expect((await closed.app.inject(call)).statusCode).toBe(404)
    }
    await closed.close()
  })

  it('counts by the route and not by the address, and tells of pool, streams and sessions', async () => {
    const asha = await server.signIn('UK9394')
    await asha.get('/api/runs/0190a1b2-0000-7000-8000-000000000001')
    await asha.get('/nothing-is-here')
    const { body } = await ask({})
    expect(body).toContain(
      'stratdesk_request_seconds_count{method="GET",route="/api/runs/:id",status="404"} 1',
    )
    expect(body).toMatch(/_count\{method="GET",route="unknown",status="404"\} \d/)
    expect(body).not.toContain('0190a1b2')
    expect(body).not.toContain('nothing-is-here')
    expect(body).toMatch(/^stratdesk_database_pool_total [1-6]$/m)
    expect(body).toMatch(/^stratdesk_database_pool_waiting 0$/m)
    expect(body).toMatch(/^stratdesk_live_streams 0$/m)
    expect(body).toMatch(/^stratdesk_sessions 1$/m)
  })
})

/** Every label there may be: none of them can hold anything of an account. */
const labels = [
  'method',
  'route',
  'status',
  'le',
  'version',
  'major',
  'minor',
  'patch',
  'type',
  'kind',
  'space',
]

async function withServer(
  env: Readonly<Record<string, string>>,
  work: (server: ServerProcess, sim: Awaited<ReturnType<typeof startKiteSim>>) => Promise<void>,
) {
  const [database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  const server = await startServerProcess(sim, { DATABASE_URL: database.url, ...env })
  try {
    await work(server, sim)
  } finally {
    await server.stop()
    await sim.close()
    await database.drop()
  }
}

const numbers = async ({ url }: ServerProcess) =>
  (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text()

describe('the numbers of a server with two accounts at work', () => {
  it(
    'tell of streams, actors, runs, orders and the process, and nothing of any account',
    { timeout: 60_000 },
    () =>
      withServer({}, async (server, sim) => {
        const accounts = ['UK9394', 'UK1234']
        const cookies = await Promise.all(accounts.map((account) => server.signIn(account)))
        const streams = await Promise.all(cookies.map((cookie) => TestEventSource.open(server.url, cookie)))
        const secrets = [...accounts, ...cookies.map((cookie) => cookie.split('=')[1] ?? '')]
        for (const cookie of cookies) {
          const params = { fastLength: 2, slowLength: 5 }
          const body = { strategyId: 'ema-crossover', mode: 'paper', params }
          const begun = await server.call(cookie, 'POST', '/api/runs', body, {
            'idempotency-key': 'first-run',
          })
          expect(begun.status).toBe(201)
          const devices = JSON.parse(await (await server.call(cookie, 'GET', '/api/devices')).text())
          secrets.push(JSON.parse(await begun.text()).id, devices.items[0].id)
        }
        await sim.clock.set({ speed: 30 })
        const text = await vi.waitFor(
          async () => {
            const read = await numbers(server)
            expect(read).toMatch(/^stratdesk_tick_to_intent_seconds_count [1-9]/m)
            expect(read).toMatch(/^stratdesk_engine_accounts 2$/m)
            expect(read).toMatch(/^stratdesk_engine_runs 2$/m)
            return read
          },
          { timeout: 30_000, interval: 100 },
        )
        expect(text).toMatch(/^stratdesk_live_streams 2$/m)
        expect(text).toMatch(/^stratdesk_info\{version="\d/m)
        expect(text).toContain('nodejs_eventloop_lag_seconds')
        expect(secrets).toHaveLength(8)
        for (const secret of secrets) expect(text).not.toContain(secret)
        expect(text).not.toContain('127.0.0.1')
        const used = [...text.matchAll(/[{,](\w+)="/g)].map(([, name]) => name)
        expect(used.filter((name = '') => !labels.includes(name))).toEqual([])
        for (const stream of streams) stream.close()
      }),
  )
})

describe('the numbers of a server with WORKERS=2', () => {
  it('are those of all workers together, whichever answers', { timeout: 60_000 }, () =>
    withServer({ WORKERS: '2', ENGINE: 'off' }, async (server) => {
      const cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
      const calls = 10
      // Each on a connection of its own, which go to the workers in turn.
      for (let turn = 0; turn < calls; turn += 1) {
        const answer = await server.call(cookies[turn % 2] ?? '', 'GET', '/api/session', undefined, {
          connection: 'close',
        })
        expect(answer.status).toBe(200)
      }
      const count = `stratdesk_request_seconds_count{method="GET",route="/api/session",status="200"} ${calls}`
      for (let turn = 0; turn < 3; turn += 1) expect(await numbers(server)).toContain(count)
      expect(await numbers(server)).toMatch(/^stratdesk_info\{version="[^"]+"\} 1$/m)
    }),
  )
})
