import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { migrate } from '@stratdesk/data/migrate'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTinyWeb } from '../isolation/tiny-web.ts'
import { startBreakablePostgres } from '../testing/breakable-postgres.ts'
import { type Meddling, startMeddler } from '../testing/meddler.ts'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'
import type { Line } from './line.ts'
import { verify } from './verify.ts'

const slow = { timeout: 60_000 }

let database: TestDatabase
let sim: RunningKiteSim
let redis: TestRedis
let web: Awaited<ReturnType<typeof buildTinyWeb>>
let server: ServerProcess
let owner: pg.Client
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  ;[database, sim, redis, web] = await Promise.all([
    createTestDatabase(),
    startKiteSim(),
    startTestRedis(),
    buildTinyWeb(),
  ])
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    CREDENTIALS_KEY: randomBytes(32).toString('hex'),
    WEB_DIR: web.dir,
  }
  server = await startServerProcess(sim, { ...env, ENGINE: 'off' })
  owner = new pg.Client(database.url)
  await owner.connect()
}, 60_000)
afterAll(async () => {
  await Promise.all([server.stop(), owner.end()])
  await Promise.all([sim.close(), redis.stop(), web.remove()])
  await database.drop()
})

const named = (lines: readonly Line[], result: Line['result']) =>
  lines.filter((line) => line.result === result).map(({ check }) => check)

const run = (overrides: Readonly<Record<string, string>> = {}, url = server.url) =>
  verify(new URL(url), { ...env, ...overrides })

describe('a server that is as it should be', () => {
  it('has no fault, and only what this place cannot show is not tried', slow, async () => {
    const lines = await run()
    expect(lines.filter(({ result }) => result === 'fault')).toEqual([])
    expect(named(lines, 'not tried')).toEqual([
      'Web origin',
      'Azure Blob Storage',
      'HTTPS',
      'Redirect',
      'HSTS',
    ])
    expect(named(lines, 'ok')).toEqual([
      'Environment',
      'Secrets',
      'Database',
      'Database role',
      'Row security',
      'Clock',
      'Server list',
      'Redis',
      'Address',
      '/healthz',
      '/readyz',
      'Servers',
      '/metrics',
      'Security headers',
      'Content-Security-Policy',
      'CORS',
      'Foreign writes',
      'Cookie attributes',
      'Session cookies',
      'Two users',
      'Two devices',
    ])
  })

  it(
    'is seen from a laptop through a proxy that changes nothing, which says what it cannot try',
    slow,
    async () => {
      const proxy = await startMeddler(server.url)
      const lines = await verify(new URL(proxy.url), {})
      await proxy.close()
      expect(named(lines, 'fault')).toEqual([])
      expect(lines.find(({ check }) => check === 'Secrets')).toMatchObject({
        result: 'not tried',
        saw: "needs the server's environment: run this on the server too",
      })
      expect(named(lines, 'ok')).toContain('Two users')
    },
  )

  it('leaves nobody signed in', slow, async () => {
    await run()
    const keys = await redis.ask((client) => client.keys('*'))
    const cookie = await server.signIn('UK9394')
    const { items } = JSON.parse(await (await server.call(cookie, 'GET', '/api/devices')).text())
    expect(keys.length).toBeGreaterThan(0)
    expect(items).toHaveLength(1)
  })
})

const without = (name: string): Meddling => ({
  response: ({ [name]: _gone, ...headers }) => headers,
})
const cookiesWith = (change: (cookie: string) => string): Meddling => ({
  response: (headers) => ({
    ...headers,
    ...(headers['set-cookie'] ? { 'set-cookie': headers['set-cookie'].map(change) } : {}),
  }),
})
const cookieChecks = ['Cookie attributes', 'Session cookies']
let firstSession: string | undefined

describe('a proxy that spoils a server is found out, and nothing else is blamed', () => {
  it.each<readonly [string, Meddling, readonly string[]]>([
    ['takes nosniff away', without('x-content-type-options'), ['Security headers']],
    [
      'takes the policies away',
      without('content-security-policy'),
      ['Security headers', 'Content-Security-Policy'],
    ],
    [
      'lets scripts of everywhere in',
      {
        response: (headers, path) =>
          path === '/'
            ? {
                ...headers,
                'content-security-policy': "default-src 'none'; script-src 'self' 'unsafe-inline'",
              }
            : headers,
      },
      ['Content-Security-Policy'],
    ],
    [
      'lets every site read',
      { response: (headers) => ({ ...headers, 'access-control-allow-origin': '*' }) },
      ['CORS'],
    ],
    [
      'lets the asking site read, with credentials',
      {
        response: (headers) => ({
          ...headers,
          'access-control-allow-origin': 'https://not-this-site.example',
          'access-control-allow-credentials': 'true',
        }),
      },
      ['CORS'],
    ],
    [
      'hides where a call comes from',
      { request: ({ origin: _origin, 'sec-fetch-site': _site, ...headers }) => headers },
      ['Foreign writes', 'Two users', 'Two devices'],
    ],
    ['takes HttpOnly from cookies', cookiesWith((cookie) => cookie.replace(/; HttpOnly/i, '')), cookieChecks],
    [
      'takes SameSite from cookies',
      cookiesWith((cookie) => cookie.replace(/SameSite=Lax/i, 'SameSite=None')),
      cookieChecks,
    ],
    [
      'gives cookies to the whole domain',
      cookiesWith((cookie) => `${cookie}; Domain=example.com`),
      cookieChecks,
    ],
    [
      'does not say that it asks for others',
      { request: ({ 'x-forwarded-for': _for, ...headers }) => headers },
      ['/metrics'],
    ],
    [
      'does not pass /healthz on',
      { status: (status, path) => (path === '/healthz' ? 404 : status) },
      ['/healthz'],
    ],
    [
      'has a server behind it that is not ready',
      {
        status: (status, path) => (path === '/readyz' ? 503 : status),
        body: (text, path) =>
          path === '/readyz' ? text.replace('"database":{"ok":true', '"database":{"ok":false') : text,
      },
      ['/readyz'],
    ],
    [
      'has servers behind it that do not go together',
      {
        body: (text, path) =>
          path === '/readyz' ? text.replace('"findings":[', '"findings":["Clocks"') : text,
      },
      ['Servers'],
    ],
    [
      'mixes sessions up',
      {
        request: (headers) => {
          if (!headers.cookie?.startsWith('session=')) return headers
          firstSession ??= headers.cookie
          return { ...headers, cookie: firstSession }
        },
      },
      ['Two users', 'Two devices'],
    ],
  ])('%s', slow, async (_, meddling, checks) => {
    const proxy = await startMeddler(server.url, meddling)
    const lines = await run({}, proxy.url)
    await proxy.close()
    expect(named(lines, 'fault')).toEqual(checks)
    for (const line of lines) if (line.result === 'fault') expect(line.fix).toMatch(/\w+ \w+/)
  })
})

describe('a fault of the server itself is found', () => {
  it.each([
    ['an environment that cannot be read', { SESSION_SECRET: 'short' }, ['Environment']],
    ['a secret that repeats itself', { SESSION_SECRET: 's'.repeat(64) }, ['Secrets']],
    [
      'an older secret of the list that is weak',
      { SESSION_SECRET: `${randomBytes(32).toString('hex')},${'ab'.repeat(20)}` },
      ['Secrets'],
    ],
    ['a secret out of a manual', { SESSION_SECRET: 'your-secret-key-0f1e2d3c4b5a69788796a5b4' }, ['Secrets']],
    ['a key of credentials that is weak', { CREDENTIALS_KEY: 'password'.repeat(4) }, ['Secrets']],
    ['a Redis that is not there', { REDIS_URL: 'redis://127.0.0.1:1' }, ['Redis']],
    ['a database that is not there', { DATABASE_URL: 'postgres://desk@127.0.0.1:1/desk' }, ['Database']],
    [
      'an Azure that is not there',
      {
        AZURE_BLOB_ACCOUNT_NAME: 'account',
        AZURE_BLOB_CONTAINER_NAME: 'logs',
        AZURE_BLOB_STORAGE_KEY: 'a2V5',
        AZURE_BLOB_ENDPOINT: 'http://127.0.0.1:1/account',
      },
      ['Azure Blob Storage'],
    ],
  ])('%s', slow, async (_, overrides, checks) => {
    expect(named(await run(overrides), 'fault')).toEqual(checks)
  })

  it.each([
    [
      'a policy that was dropped',
      'drop policy own_rows on trades',
      `create policy own_rows on trades
         using (broker_id = nullif(current_setting('app.broker_id', true), ''))
         with check (broker_id = nullif(current_setting('app.broker_id', true), ''))`,
      'trades: it has no policy',
    ],
    [
      'a policy that lets everybody in',
      'create policy everybody on runs using (true)',
      'drop policy everybody on runs',
      'runs: it has a policy that is not ours',
    ],
    [
      'row security that is not forced',
      'alter table orders no force row level security',
      'alter table orders force row level security',
      'orders: row security is not forced',
    ],
    [
      'row security that is off',
      'alter table fills disable row level security',
      'alter table fills enable row level security',
      'fills: row security is not enabled',
    ],
  ])('%s', slow, async (_, break_, mend, saw) => {
    await owner.query(break_)
    const lines = await run()
    await owner.query(mend)
    expect(lines.filter(({ result }) => result === 'fault')).toMatchObject([{ check: 'Row security', saw }])
  })

  it('a role that is a superuser, in a database where no server is', slow, async () => {
    // Roles are of the whole Postgres, so this needs one of its own.
    const postgres = await startBreakablePostgres()
    await migrate(postgres.url)
    const client = new pg.Client(postgres.url)
    await client.connect()
    await client.query('alter role stratdesk_app superuser')
    const lines = await run({ DATABASE_URL: postgres.url })
    await client.end()
    await postgres.close()
    expect(named(lines, 'fault')).toEqual(['Database role', 'Server list'])
    expect(lines.find(({ check }) => check === 'Database role')?.saw).toBe('stratdesk_app is a superuser')
  })
})

describe('pnpm verify', () => {
  const command = (...args: string[]) =>
    promisify(execFile)(
      process.execPath,
      [fileURLToPath(new URL('../verify-main.ts', import.meta.url)), ...args],
      {
        env: { PATH: process.env['PATH'] },
      },
    ).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )

  it('prints a table and ends with 0 when nothing is wrong', slow, async () => {
    const { code, stdout } = await command('--url', server.url)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok {9}\/healthz +the process is up$/m)
    expect(stdout).toMatch(/^not tried {2}Secrets +needs the server's environment/m)
    expect(stdout.trim()).toMatch(/No faults: \d+ in order, \d+ not tried\.$/)
  })

  it('ends with 1 and says what to do when something is', slow, async () => {
    const proxy = await startMeddler(server.url, without('x-content-type-options'))
    const [table, json] = [await command('--url', proxy.url), await command('--url', proxy.url, '--json')]
    await proxy.close()
    expect([table.code, json.code]).toEqual([1, 1])
    expect(table.stdout).toMatch(/^FAULT {6}Security headers +x-content-type-options: missing\n +To do: /m)
    const { ok, checks } = JSON.parse(json.stdout)
    expect(ok).toBe(false)
    expect(named(checks, 'fault')).toEqual(['Security headers'])
  })

  it('finds nothing in order where no server is, and says how it is called', slow, async () => {
    const gone = await startMeddler(server.url)
    await gone.close()
    const { code, stdout } = await command('--url', gone.url)
    expect(code).toBe(1)
    expect(stdout).not.toMatch(/^ok/m)
    expect(stdout).toMatch(/^FAULT {6}Address +fetch failed: .+\n +To do: [^]+1 fault: 0 in order/m)
    for (const args of [
      [],
      ['--url', 'desk'],
      ['--url', 'ftp://desk'],
      ['--url', 'https://desk', '--http', 'https://desk'],
      ['--what'],
    ]) {
      expect(await command(...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Usage: pnpm verify'),
      })
    }
  })
})

// Last: the server goes on telling what it saw for a while.
it('finds a clock that another server has, and its version', slow, async () => {
  await owner.query(
    `insert into servers select gen_random_uuid(), 'desk-2', 7, 'api', '0.0.1', null, secret_fingerprints,
       session_store, clock_offset_ms + 60000, now(), now(), null from servers`,
  )
  const lines = await run()
  await owner.query("delete from servers where host = 'desk-2'")
  const listed = lines.find(({ check }) => check === 'Server list')
  expect(listed).toMatchObject({
    result: 'fault',
    saw: expect.stringMatching(/clocks are 60\.0 s apart.+versions/),
  })
})
