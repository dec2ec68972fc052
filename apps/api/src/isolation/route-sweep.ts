import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import pg from 'pg'
import type { SessionStore } from '../sign-in/session-store.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { callRoute, comparable } from './answer.ts'
import { readBrokerRows } from './broker-rows.ts'
import type { Finding } from './canary.ts'
import { cases } from './cases.ts'
import { excerpts } from './excerpts.ts'
import { foreignIds } from './foreign-ids.ts'
import { Intruder } from './intruder.ts'
import { foreignLines } from './log-lines.ts'
import { requireOwnCalls } from './own-calls.ts'
import { buildTinyWeb } from './tiny-web.ts'
import { type SweptRoute, sweptRoutes } from './sweep-routes.ts'
import { buildWorld, type World } from './world.ts'

/** What the sweep saw; it passed when every list is empty. */
export interface SweepReport {
  /** Routes that were called, of all there are. */
  readonly cases: number
  readonly routes: number
  readonly requests: number
  /** Answers to A that told an id of B from one that nobody has, or B's presence from its absence. */
  readonly differences: readonly string[]
  /** Canaries of B in what A received, or in log lines that are not B's. */
  readonly findings: readonly Finding[]
  /** What of B's was no longer the same afterwards. */
  readonly changes: readonly string[]
}

interface SweepOptions {
  /** Calls only those routes. */
  readonly only?: RegExp
  readonly sessions?: (now: () => number) => SessionStore | Promise<SessionStore>
}

/**
 * Calls every route as A with every id of B in every place, and compares each answer byte for byte with the one for an
 * id that nobody has; and with A's answers from before there was a B. Throws when a route has no case, when a world is
 * not full, or when an account cannot make a call with ids of its own.
 */
export async function runRouteSweep(options: SweepOptions = {}): Promise<SweepReport> {
  const began = Date.now()
  const now = () => began
  const sessions = (await options.sessions?.(now)) ?? new MemorySessionStore({ now })
  const registered: { method: string; url: string }[] = []
  const onRoute = ({ method, url }: { method: string | readonly string[]; url: string }) =>
    void registered.push(...[method].flat().map((each) => ({ method: each, url })))
  const web = await buildTinyWeb()
  // Without keys of its own, so that accounts have keys to change.
  const broker = { serverKeys: undefined }
  const server = await startTestServer({ now, sessions, onRoute, broker, webDir: web.dir })
  const owner = new pg.Client(server.database.url)
  await owner.connect()
  try {
    const document: unknown = (await server.browser().get('/api/openapi.json')).json()
    const all = sweptRoutes(registered, document)
    const routes = all.filter(({ name }) => options.only?.test(name) ?? true)
    return { ...(await sweep(server, owner, sessions, routes)), cases: routes.length, routes: all.length }
  } finally {
    await owner.end()
    await server.close()
    await web.remove()
  }
}

async function sweep(
  server: TestServer,
  owner: pg.Client,
  sessions: SessionStore,
  routes: readonly SweptRoute[],
): Promise<Omit<SweepReport, 'cases' | 'routes'>> {
  const a = await buildWorld(server, owner, { brokerId: 'UK9394', instrument: 'SIM:SPX500', countsFrom: 10 })
  const alone = await readAll(server, a, routes)
  const b = await buildWorld(server, owner, { brokerId: 'UK1234', instrument: 'NSE:WIPRO', countsFrom: 5000 })
  const stateOfB = async () => ({
    rows: Object.fromEntries(await readBrokerRows(owner, b.brokerId)),
    devices: await sessions.devices(mintBrokerId(b.brokerId)),
  })
  const ids = await foreignIds(server, owner, b, routes)
  const intruder = new Intruder({ server, owner, a, b, ids })
  intruder.compare('beside B', alone, await readAll(server, a, routes))
  const [before, requested] = [await stateOfB(), server.requested.length]
  for (const route of routes) await intruder.attack(route)
  const changes = differing(before, await stateOfB())
  if (server.requested.slice(requested).includes(b.brokerId)) changes.push('An actor was asked for')
  const findings = [...intruder.findings, ...foreignLines(server.lines, b)]
  // The ids of B were real: B itself makes each of the calls with success.
  await requireOwnCalls(server, b, routes)
  return { requests: intruder.requests, differences: intruder.differences, findings, changes }
}

/** What an account reads, by each call that changes nothing: as its case makes it, and without any filter. */
async function readAll(
  server: TestServer,
  world: World,
  routes: readonly SweptRoute[],
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>()
  for (const route of routes) {
    const call = cases[route.name]?.(world.ids) ?? {}
    if (route.method !== 'GET' || call.changes) continue
    answers.set(route.name, comparable(await callRoute(server, world.browser, route, call)))
    const bare = { ...call, query: {} }
    answers.set(`${route.name} bare`, comparable(await callRoute(server, world.browser, route, bare)))
  }
  return answers
}

function differing(before: object, after: object): string[] {
  const [old, now] = [JSON.stringify(before), JSON.stringify(after)]
  return old === now ? [] : [excerpts(now, old)]
}
