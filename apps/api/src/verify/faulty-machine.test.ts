import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import dns from 'node:dns'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'
import { createTestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePorts } from '../../../../scripts/ports.ts'
import { buildTinyWeb } from '../isolation/tiny-web.ts'
import { type Certificate, createAuthority } from '../testing/certificates.ts'
import { startMeddler } from '../testing/meddler.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'
import type { Line } from './line.ts'
import { verify } from './verify.ts'

/** Faults of the machine that a server runs on: what it was told, its clock, and a database that is behind it. */
type Variables = Readonly<Record<string, string>>

const slow = { timeout: 60_000 }
/** Closes what was started, which after a failed start is not all. */
const opened = new AsyncDisposableStack()
let sim: RunningKiteSim
let webDir: string
beforeAll(async () => {
  sim = opened.adopt(await startKiteSim(), (it) => it.close())
  webDir = opened.adopt(await buildTinyWeb(), (it) => it.remove()).dir
}, 60_000)
afterAll(() => opened.disposeAsync())

async function newEnv(): Promise<Variables> {
  const { url } = opened.adopt(await createTestDatabase(), (it) => it.drop())
  return {
    DATABASE_URL: url,
    SESSION_SECRET: randomBytes(32).toString('hex'),
    WEB_DIR: webDir,
    ENGINE: 'off',
  }
}

const faultsOf = (lines: readonly Line[]) => lines.filter(({ result }) => result === 'fault')

describe('at an address that is not of this machine', () => {
  const host = 'desk.example.com'
  let env: Variables
  let certificate: Certificate
  beforeAll(async () => {
    const authority = opened.adopt(await createAuthority(), (it) => it.remove())
    certificate = await authority.issue(host)
    env = { ...(await newEnv()), TRUST_PROXY: '127.0.0.1', SESSION_STORE: 'postgres' }
    setDefaultCACertificates([...getCACertificates('default'), authority.certificate])
    // The DNS entry of a deployment: its name leads here, as every other does.
    const lookup = (_: string, { all }: dns.LookupOptions, done: (...found: unknown[]) => void) =>
      all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
    vi.spyOn(dns, 'lookup').mockImplementation(Object.assign(lookup, dns.lookup))
  })
  afterAll(() => {
    vi.restoreAllMocks()
    setDefaultCACertificates(getCACertificates('bundled'))
  })

  /** What is found, on the machine itself, of a server that was told this, behind a proxy that speaks TLS for its name. */
  async function checkTold(told: (address: string) => Variables) {
    const [port = 0] = await freePorts(1)
    const address = `https://${host}:${port}`
    const settings = { ...env, ...told(address) }
    const server = await startServerProcess(sim, settings)
    const proxy = await startMeddler(server.url, {}, { certificate, port })
    const lines = await verify(new URL(address), settings)
    await Promise.all([proxy.close(), server.stop()])
    return { address, lines }
  }

  it('a server that was told this address, and that it is of production, is in order', slow, async () => {
    const { address, lines } = await checkTold((WEB_ORIGIN) => ({ NODE_ENV: 'production', WEB_ORIGIN }))
    expect(faultsOf(lines)).toEqual([])
    expect(lines).toContainEqual({ check: 'Web origin', result: 'ok', saw: address })
  })

  it.each<readonly [string, (address: string) => Variables, string]>([
    [
      'another address',
      () => ({ NODE_ENV: 'production', WEB_ORIGIN: 'https://old.example.com' }),
      'WEB_ORIGIN is https://old.example.com, which is not the address that was given',
    ],
    [
      'this address but not that it is of production',
      (WEB_ORIGIN) => ({ WEB_ORIGIN }),
      'NODE_ENV is not production',
    ],
  ])('a server that was told %s is found, with what to set', slow, async (_, told, saw) => {
    const { lines } = await checkTold(told)
    expect(faultsOf(lines)).toEqual([
      {
        check: 'Web origin',
        result: 'fault',
        saw,
        fix: 'Set NODE_ENV=production and WEB_ORIGIN to the address that browsers use',
      },
    ])
  })
})

describe('on the machine itself', () => {
  let env: Variables
  let server: ServerProcess
  beforeAll(async () => {
    env = await newEnv()
    server = await startServerProcess(sim, env)
    opened.defer(async () => void (await server.stop()))
  }, 60_000)

  /** What `pnpm verify` says, and with which exit code, where the clock is ahead by so much. */
  async function command(shiftMs: number) {
    const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url))
    const shift = ['--import', pathToFileURL(fileOf('../testing/shift-clock.ts')).href]
    const { code, stdout } = await promisify(execFile)(
      process.execPath,
      [...shift, fileOf('../verify-main.ts'), '--url', server.url, '--json'],
      { env: { PATH: process.env['PATH'], ...env, CLOCK_SHIFT_MS: String(shiftMs) } },
    ).then(
      (done) => ({ code: 0, stdout: done.stdout }),
      (error: { code: number; stdout: string }) => error,
    )
    const lines: readonly Line[] = JSON.parse(stdout).checks
    return { code, lines }
  }

  it.each([
    ['a minute ahead of', 60_000, /^(59|60)\d{3} ms ahead of the database's$/],
    ['a minute behind', -60_000, /^(59|60)\d{3} ms behind the database's$/],
  ])("a clock that is %s the database's is found, with what sets it", slow, async (_, shiftMs, saw) => {
    const { code, lines } = await command(shiftMs)
    expect(code).toBe(1)
    expect(faultsOf(lines)).toEqual([
      {
        check: 'Clock',
        result: 'fault',
        saw: expect.stringMatching(saw),
        fix: 'Let NTP set the time on all servers and on the database',
      },
    ])
  })

  it("a clock that is the database's is in order", slow, async () => {
    const { code, lines } = await command(0)
    expect([code, faultsOf(lines)]).toEqual([0, []])
    expect(lines).toContainEqual(expect.objectContaining({ check: 'Clock', result: 'ok' }))
  })

  it('migrations that a database has not had are named, with what brings them', slow, async () => {
    const owner = new pg.Client(env['DATABASE_URL'])
    await owner.connect()
    const { rows } = await owner.query<{ name: string }>(
      'delete from kysely_migration where name in (select name from kysely_migration order by name desc limit 2) returning name',
    )
    await owner.end()
    const names = rows.map(({ name }) => name).toSorted()
    expect(names).toHaveLength(2)
    // What it saw less than half a second ago it says again.
    const readiness = async () => (await fetch(`${server.url}/readyz`)).status
    await vi.waitFor(async () => expect(await readiness()).toBe(503), { timeout: 10_000 })
    const lines = await verify(new URL(server.url), env)
    expect(faultsOf(lines)[0]).toEqual({
      check: 'Database',
      result: 'fault',
      saw: `${names[0]} is not applied; ${names[1]} is not applied`,
      fix: 'Check DATABASE_URL and that Postgres runs; the server brings the schema up to date when it starts',
    })
    // The server sees it too, and nothing else is blamed.
    expect(faultsOf(lines).map(({ check }) => check)).toEqual(['Database', '/readyz'])
  })
})
