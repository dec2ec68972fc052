import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../../../scripts/ports.ts'
import { buildTinyWeb } from '../isolation/tiny-web.ts'
import { createAuthority } from '../testing/certificates.ts'
import { type Meddling, startMeddler } from '../testing/meddler.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'
import type { Line } from './line.ts'
import { Site } from './site.ts'
import { verify } from './verify.ts'

/** A server in production behind a proxy that speaks TLS, and whoever checks it over that. */
type Authority = Awaited<ReturnType<typeof createAuthority>>
type Issued = Awaited<ReturnType<Authority['issue']>>

const slow = { timeout: 60_000 }
/** Closes what was started, which after a failed start is not all. */
const opened = new AsyncDisposableStack()
let sim: RunningKiteSim
let authority: Authority
let stranger: Authority
let good: Issued
let port: number
let env: Readonly<Record<string, string>>
let server: ServerProcess
beforeAll(async () => {
  const database = opened.adopt(await createTestDatabase(), (it) => it.drop())
  sim = opened.adopt(await startKiteSim(), (it) => it.close())
  const web = opened.adopt(await buildTinyWeb(), (it) => it.remove())
  authority = opened.adopt(await createAuthority(), (it) => it.remove())
  stranger = opened.adopt(await createAuthority(), (it) => it.remove())
  ;[port = 0] = await freePorts(1)
  good = await authority.issue('localhost')
  env = {
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    WEB_ORIGIN: `https://localhost:${port}`,
    WEB_DIR: web.dir,
    TRUST_PROXY: '127.0.0.1',
  }
  server = await startServerProcess(sim, { ...env, ENGINE: 'off' })
  opened.defer(async () => void (await server.stop()))
  setDefaultCACertificates([...getCACertificates('default'), authority.certificate])
}, 60_000)
afterAll(async () => {
  setDefaultCACertificates(getCACertificates('bundled'))
  await opened.disposeAsync()
})

/** Plain http that answers everything with this status and address. */
async function startPlain(status: number, location: string) {
  const door = createServer((_, answer) => answer.writeHead(status, { location }).end())
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port: at } = door.address() as AddressInfo
  return {
    url: new URL(`http://localhost:${at}`),
    async close() {
      door.close()
      door.closeAllConnections()
      await once(door, 'close')
    },
  }
}

interface Place {
  readonly certificate?: Issued
  readonly meddling?: Meddling
  /** Where plain http leads, of what was asked for. */
  readonly redirect?: (to: string) => readonly [status: number, location: string]
}

/** What is found of a place, as from a laptop that knows the authority. */
async function check({ certificate = good, meddling = {}, redirect = (to) => [308, to] }: Place) {
  const proxy = await startMeddler(server.url, meddling, { certificate })
  const plain = await startPlain(...redirect(`${proxy.url}/`))
  const lines = await verify(new URL(proxy.url), {}, plain.url)
  await Promise.all([proxy.close(), plain.close()])
  return lines
}

const named = (lines: readonly Line[], result: Line['result']) =>
  lines.filter((line) => line.result === result).map(({ check: name }) => name)

const withHeader = (name: string, value: string): Meddling => ({
  response: (headers) => ({ ...headers, [name]: value }),
})

describe('over https', () => {
  it('a deployment that is as it should be has no fault', slow, async () => {
    const lines = await check({})
    expect(lines.filter(({ result }) => result === 'fault')).toEqual([])
    expect(named(lines, 'ok')).toEqual(
      expect.arrayContaining(['HTTPS', 'Redirect', 'HSTS', 'Cookie attributes', 'Session cookies']),
    )
  })

  it.each<readonly [string, () => Promise<Issued>, RegExp]>([
    ['that nobody vouches for', () => stranger.issue('localhost'), /authority that nobody knows|but itself/],
    [
      'that has expired',
      () => authority.issue('localhost', { fromDays: -30, toDays: -1 }),
      /certificate has expired/,
    ],
    [
      'that is not valid yet',
      () => authority.issue('localhost', { fromDays: 1, toDays: 20 }),
      /not valid yet/,
    ],
    ['of another host', () => authority.issue('desk.example.com'), /for another name/],
    [
      'that nobody renewed',
      () => authority.issue('localhost', { fromDays: -85, toDays: 5 }),
      /runs out at 20\d\d-/,
    ],
  ])('a certificate %s is a fault', slow, async (_, issue, saw) => {
    const lines = await check({ certificate: await issue() })
    expect(lines.filter(({ result }) => result === 'fault')).toMatchObject([
      { check: 'HTTPS', saw: expect.stringMatching(saw), fix: expect.stringMatching(/\w+ \w+/) },
    ])
  })

  it.each<readonly [string, Place, readonly string[]]>([
    ['answers plain http', { redirect: () => [200, ''] }, ['Redirect']],
    ['leads from http to http', { redirect: (to) => [308, to.replace('https:', 'http:')] }, ['Redirect']],
    [
      'leads from http to somebody else',
      { redirect: () => [301, 'https://not-this-site.example/'] },
      ['Redirect'],
    ],
    [
      'takes HSTS away',
      { meddling: { response: ({ 'strict-transport-security': _gone, ...headers }) => headers } },
      ['HSTS'],
    ],
    [
      'makes HSTS short',
      { meddling: withHeader('strict-transport-security', 'max-age=86400; includeSubDomains') },
      ['HSTS'],
    ],
    [
      'takes Secure from cookies',
      {
        meddling: {
          response: (headers) => ({
            ...headers,
            ...(headers['set-cookie'] && {
              'set-cookie': headers['set-cookie'].map((cookie) => cookie.replace(/; Secure/i, '')),
            }),
          }),
        },
      },
      ['Cookie attributes', 'Session cookies'],
    ],
  ])('a proxy that %s is found out, and nothing else is blamed', slow, async (_, place, checks) => {
    const lines = await check(place)
    expect(named(lines, 'fault')).toEqual(checks)
    for (const line of lines) if (line.result === 'fault') expect(line.fix).toMatch(/\w+ \w+/)
  })
})

it(
  'pnpm verify trusts an authority of NODE_EXTRA_CA_CERTS, on the server too, and no other',
  slow,
  async () => {
    const proxy = await startMeddler(server.url, {}, { certificate: good, port })
    const plain = await startPlain(308, `${proxy.url}/`)
    const main = fileURLToPath(new URL('../verify-main.ts', import.meta.url))
    const args = [main, '--url', proxy.url, '--http', plain.url.href, '--json']
    const command = (more: Readonly<Record<string, string>>) =>
      promisify(execFile)(process.execPath, args, {
        env: { PATH: process.env['PATH'], ...env, ...simulated(sim), ...more },
      }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: { code: number; stdout: string }) => error,
      )
    const [known, unknown] = await Promise.all([
      command({ NODE_EXTRA_CA_CERTS: authority.file }),
      command({ NODE_EXTRA_CA_CERTS: stranger.file }),
    ])
    await Promise.all([proxy.close(), plain.close()])
    const lines: readonly Line[] = JSON.parse(known.stdout).checks
    expect([known.code, lines.filter(({ result }) => result === 'fault')]).toEqual([0, []])
    expect(named(lines, 'ok')).toContain('Web origin')
    expect(named(lines, 'not tried')).toEqual(['Redis', 'Azure Blob Storage'])
    expect(unknown.code).toBe(1)
    expect(named(JSON.parse(unknown.stdout).checks, 'fault')).toEqual(['HTTPS'])
  },
)

// Last: the server goes on telling of the other one for a while.
it('a server that was told a plain address is found out by its cookies', slow, async () => {
  const plain = await startServerProcess(sim, {
    ...env,
    WEB_ORIGIN: 'http://localhost:8080',
    ENGINE: 'off',
  })
  const proxy = await startMeddler(plain.url, {}, { certificate: good })
  const lines = await verify(new URL(proxy.url), {})
  await Promise.all([proxy.close(), plain.stop()])
  expect(named(lines, 'fault')).toEqual(expect.arrayContaining(['HSTS', 'Cookie attributes']))
  expect(named(lines, 'not tried')).toContain('Redirect')
})

it(
  'a server that was told no address does not start behind a named proxy, and answers nobody behind another',
  slow,
  async () => {
    const { WEB_ORIGIN: _origin, ...behindProxy } = env
    await expect(startServerProcess(sim, behindProxy)).rejects.toThrow(/WEB_ORIGIN: Required .+ proxy/)
    const { TRUST_PROXY: _proxy, ...three } = behindProxy
    const untold = await startServerProcess(sim, { ...three, ENGINE: 'off' })
    const proxy = await startMeddler(untold.url, {}, { certificate: good })
    const answers = await Promise.all(
      ['/', '/api/session', '/healthz'].map((path) => new Site(new URL(proxy.url)).ask(path)),
    )
    const lines = await verify(new URL(proxy.url), {})
    await Promise.all([proxy.close(), untold.stop()])
    expect(answers.map(({ status }) => status)).toEqual([421, 421, 421])
    expect(lines.filter(({ result }) => result === 'fault')).toMatchObject([
      { check: 'Address', saw: expect.stringContaining('421'), fix: expect.stringContaining('WEB_ORIGIN') },
    ])
    expect(named(lines, 'ok')).toEqual([])
  },
)

/** The server's own settings of the broker, which its environment has on a real machine. */
const simulated = ({ url, tickerUrl }: RunningKiteSim) => ({
  KITE_API_URL: url,
  KITE_LOGIN_URL: `${url}/connect/login`,
  KITE_TICKER_URL: tickerUrl,
})
