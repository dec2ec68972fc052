import { createPool } from '@stratdesk/data/pool'
import { createServerTable } from '@stratdesk/data/servers'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ServerRegistry } from './server-registry.ts'

let database: TestDatabase
let pool: pg.Pool
let owner: pg.Client
let lines: string[]
const opened: ServerRegistry[] = []

beforeEach(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url })
  owner = new pg.Client(database.url)
  await owner.connect()
  lines = []
})
afterEach(async () => {
  for (const registry of opened.splice(0)) await registry.close()
  await Promise.all([pool.end(), owner.end()])
  await database.drop()
})

const secret = 'the one secret of all the servers here'

async function join(options: Partial<Parameters<typeof ServerRegistry.join>[0]> = {}) {
  const registry = await ServerRegistry.join({
    pool,
    log: pino({}, { write: (line: string) => void lines.push(line) }),
    role: 'api',
    commit: null,
    secrets: [secret],
    sessionStore: 'postgres',
    ...options,
  })
  opened.push(registry)
  return registry
}

const kinds = ({ findings }: ServerRegistry) => findings.map(({ kind }) => kind)
const living = () => createServerTable(pool).living()

test('a server is on the list from its start to its end, and no secret of it is', async () => {
  const registry = await join({ secrets: [secret, 'an older secret, long enough to be one'] })
  const [server, ...others] = await living()
  expect(others).toEqual([])
  expect(server).toMatchObject({ pid: process.pid, role: 'api', sessionStore: 'postgres', commit: null })
  expect(server?.secretFingerprints).toHaveLength(2)
  const { rows } = await owner.query('select servers::text as row from servers')
  expect(JSON.stringify(rows)).not.toMatch(/secret/)
  expect(lines).toEqual([])
  await registry.close()
  expect(await living()).toEqual([])
})

test('clocks that differ are found by both servers, and said once with what to do', async () => {
  const first = await join()
  const second = await join({ now: () => Date.now() + 5000 })
  expect(kinds(second)).toEqual(['clocks'])
  expect(kinds(first)).toEqual([])
  await first.renew()
  await first.renew()
  expect(kinds(first)).toEqual(['clocks'])
  expect(lines.filter((line) => line.includes('let NTP set the time'))).toHaveLength(2)
  await second.close()
  await first.renew()
  expect(kinds(first)).toEqual([])
})

test('other versions, and sessions that are not shared, are found', async () => {
  await join({ sessionStore: 'memory' })
  const second = await join({ sessionStore: 'memory', version: '0.0.1', secrets: ['x'.repeat(32)] })
  expect(kinds(second)).toEqual(['secrets', 'versions', 'sessions'])
  expect(lines).toHaveLength(3)
})

test('of two servers with different secrets that start at once beside one store, exactly one is refused', async () => {
  const results = await Promise.allSettled([join(), join({ secrets: ['x'.repeat(32)] })])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await living()).toHaveLength(1)
})

test('a server that says nothing for 30 s is not counted, and after a minute it is forgotten', async () => {
  const registry = await join()
  const age = (seconds: number) =>
    owner.query(`update servers set seen_at = now() - make_interval(secs => $1)`, [seconds])
  await age(31)
  expect(await living()).toEqual([])
  const other = await join({ secrets: ['x'.repeat(32)] })
  expect((await owner.query('select from servers')).rowCount).toBe(2)
  await age(61)
  await other.renew()
  expect((await owner.query('select from servers')).rowCount).toBe(1)
  // One that was only asleep is back with its next word.
  await registry.renew()
  expect(await living()).toHaveLength(2)
  expect(kinds(registry)).toEqual(['secrets'])
})

test('a database that is away is said once, and what was found stays', async () => {
  const gone = createPool({ url: database.url })
  const registry = await join({ pool: gone })
  await gone.end()
  await registry.renew()
  await registry.renew()
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('the list of servers cannot be renewed')
  await registry.close()
  expect(await living()).toHaveLength(1)
})
