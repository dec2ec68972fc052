import { openSessionTable } from '@stratdesk/data/sessions'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { PostgresSessionStore } from '../sign-in/stores/postgres-session-store.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { readingCalls, readingStreams } from '../testing/reading-calls.ts'
import { busyRun, seedMany } from '../testing/seed-many.ts'
import { openTestPlace, startTestServer, type TestPlace, type TestServer } from '../testing/server.ts'

/** What Postgres would do for every statement that the reading calls send, in an account among many others. */
let place: TestPlace
let server: TestServer
let owner: pg.Client
let one: TestBrowser
let run: string
/** Each statement that was sent, and the call that sent it first. */
const statements = new Map<string, string>()

beforeAll(async () => {
  place = await openTestPlace()
  const table = openSessionTable({ url: place.database.url, timeoutMs: 10_000 })
  server = await startTestServer({ place, sessions: new PostgresSessionStore({ table, log: console }) })
  owner = new pg.Client(server.database.url)
  await owner.connect()
  one = await server.signIn('UK9394')
  await server.signIn('UK1234')
  await seedMany(server.database.url, ['UK9394', 'UK1234'])
  run = await busyRun(server.database.url, 'UK9394')
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  const note = (call: string) => {
    for (const [query] of sent.mock.calls) {
      const text = textOf(query)
      if (text !== undefined && !statements.has(text)) statements.set(text, call)
    }
    sent.mockClear()
  }
  for (const call of readingCalls(run)) {
    sent.mockClear()
    const { statusCode, body } = await one.get(call)
    expect([call, statusCode, body.length > 0]).toEqual([call, 200, true])
    note(call)
    const next: unknown = body.startsWith('{') && JSON.parse(body).nextCursor
    if (typeof next !== 'string') continue
    const cursor = `${call.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(next)}`
    expect((await one.get(`${call}${cursor}`)).statusCode).toBe(200)
    note(`the next page of ${call}`)
  }
  expect((await one.post(`/api/runs/${run}/stop`, { flatten: true }, { 'if-match': '7' })).statusCode).toBe(
    409,
  )
  note('a stop with a stale revision')
  expect(readingStreams).toEqual(['streamEvents'])
  const source = await server.events(one, { 'last-event-id': '390' })
  await vi.waitFor(() => expect(source.types).toContain('run'))
  note('/api/events')
  source.close()
  sent.mockRestore()
}, 120_000)
afterAll(async () => {
  await owner.end()
  await server.close()
  await place.close()
})

/** The text of what was given to pg: a text itself, or an object that holds it. */
function textOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query
  if (typeof query !== 'object' || query === null || !('text' in query)) return undefined
  return typeof query.text === 'string' ? query.text : undefined
}

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly Plan[]
}

const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

async function plansOf(brokerId: string): Promise<Map<string, readonly Plan[]>> {
  const client = await server.pool.connect()
  const plans = new Map<string, readonly Plan[]>()
  await client.query('begin')
  await client.query("select set_config('app.broker_id', $1, true)", [brokerId])
  for (const text of statements.keys()) {
    if (!/^\s*(select|with)\b/.test(text)) continue
    const { rows } = await client.query(`explain (generic_plan, format json) ${text}`)
    plans.set(text, nodesOf(rows[0]['QUERY PLAN'][0].Plan))
  }
  await client.query('rollback')
  client.release()
  return plans
}

/** Tables with rows of brokers; a session is looked for by its key before its broker is known. */
const ofBrokers = "(relrowsecurity or relname = 'sessions') and relkind = 'r'"

/** Statements that would read a broker table otherwise than by its broker, and the indexes that the others use. */
async function looked(brokerId: string) {
  const { rows } = await owner.query<{ relname: string }>(`select relname from pg_class where ${ofBrokers}`)
  const brokerTables = new Set(rows.map(({ relname }) => relname))
  const faults: unknown[] = []
  const indexed = new Set<string>()
  for (const [text, nodes] of await plansOf(brokerId)) {
    for (const node of nodes) {
      const table = node['Relation Name'] ?? ''
      const isBrokerTable = brokerTables.has(table)
      const isScanned = node['Node Type'] === 'Seq Scan' && isBrokerTable
      const isByIndex = node['Index Name'] !== undefined && (isBrokerTable || table === '')
      const isByKey = node['Index Name'] === 'sessions_pkey'
      const isByBroker = isByKey || (node['Index Cond']?.includes('broker_id = ') ?? false)
      if (isByIndex && isByBroker) indexed.add(node['Index Name'] ?? '')
      if (isScanned || (isByIndex && !isByBroker)) faults.push([statements.get(text), table, node, text])
    }
  }
  return { faults, indexed }
}

it.for(['UK9394', 'UK1234'])(
  'every statement of a reading call finds the rows of %s by an index that begins with broker_id',
  async (brokerId, { task }) => {
    task.meta.cases = statements.size
    const { faults, indexed } = await looked(brokerId)
    expect(faults).toEqual([])
    for (const index of ['trades_newest', 'trades_of_run', 'runs_newest', 'order_intents_newest']) {
      expect(indexed).toContain(index)
    }
    for (const filter of ['newest', 'of_action', 'of_device', 'of_run'])
      expect(indexed).toContain(`audit_log_${filter}`)
    for (const index of ['events_pkey', 'sessions_of_account', 'sessions_pkey'])
      expect(indexed).toContain(index)
  },
)

/**
 * Has the planner believe that 10,000 accounts have four runs and 1,000 rows each in every other table; the rows are not
 * written. A run's rows are many here, and seem to be one when its broker is taken for something else than its run's.
 */
const imagined = `
  select pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', greatest(relpages, 1),
      'reltuples', case when relname like 'broker\\_%' then 1e4 when relname = 'runs' then 4e4 else 1e7 end::real),
    pg_restore_attribute_stats('schemaname', 'public', 'relname', relname::text, 'attname', 'broker_id', 'inherited', false,
      'n_distinct', 1e4::real)
  from pg_class where ${ofBrokers};
  select pg_restore_attribute_stats('schemaname', 'public', 'relname', relname::text, 'attname', 'run_id', 'inherited', false,
      'n_distinct', 4e4::real)
  from pg_class join pg_attribute on attrelid = pg_class.oid
  where relrowsecurity and relkind = 'r' and attname = 'run_id' and relname <> 'audit_log'`

it('with the statistics of 10,000 accounts of 1,000 trades each no broker table is scanned either', async ({
  task,
}) => {
  task.meta.cases = statements.size
  await owner.query(imagined)
  const { rows } = await owner.query("explain (format json) select from trades where broker_id > ''")
  // What the planner now expects of the whole table.
  expect(rows[0]['QUERY PLAN'][0].Plan['Plan Rows']).toBeGreaterThan(1e6)
  for (const brokerId of ['UK9394', 'UK1234']) {
    const { faults, indexed } = await looked(brokerId)
    expect(faults).toEqual([])
    for (const index of ['trades_newest', 'trades_of_run', 'runs_newest', 'order_intents_newest']) {
      expect(indexed).toContain(index)
    }
  }
})

/** The lists that come in pages. */
const paged = ['/api/trades', '/api/orders', '/api/runs', '/api/audit']

/** Sorts below a plan's limits that read more than a page to find its rows. */
function wholeSorts(plan: Plan, isPaged = false): readonly Plan[] {
  const isHere = plan['Node Type'] === 'Limit'
  const below = (plan.Plans ?? []).flatMap((child) => wholeSorts(child, isPaged || isHere))
  const isWhole =
    plan['Node Type'] === 'Sort' && isPaged && !nodesOf(plan).some((node) => node['Node Type'] === 'Limit')
  return isWhole ? [plan, ...below] : below
}

it('a page is read from its index in order, however many rows the account has', async () => {
  await owner.query(imagined)
  const seen: string[] = []
  for (const [text, [top]] of await plansOf('UK9394')) {
    const call = statements.get(text)?.replace('the next page of ', '') ?? ''
    if (!top || !paged.includes(call.split('?')[0] ?? '')) continue
    seen.push(call.split('?')[0] ?? '')
    expect([call, wholeSorts(top)]).toEqual([call, []])
  }
  expect(new Set(seen)).toEqual(new Set(paged))
})
