import { createListener } from '@stratdesk/data/listen'
import { createMarket } from '@stratdesk/data/market'
import { createPool } from '@stratdesk/data/pool'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { createScope } from '@stratdesk/data/scope'
import { createTestDatabase } from '@stratdesk/data/testing'
import { createVault } from '@stratdesk/data/vault'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import { pino } from 'pino'
import { type AppOptions, buildApp } from '../app.ts'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { TestBrowser } from './browser.ts'
import { cuttableDatabase } from './cuttable.ts'
import { TestEventSource } from './event-source.ts'

/** A running API on a database and a simulated broker of its own. */
export type TestServer = Awaited<ReturnType<typeof startTestServer>>

interface TestOptions extends Omit<Partial<AppOptions>, 'broker'> {
  readonly broker?: Partial<AppOptions['broker']>
  /** Where it runs, for several servers one after the other; it then belongs to whoever opened it. */
  readonly place?: TestPlace
  /** Connections to the database at most; 6 when absent. */
  readonly connections?: number
  /** Does without what only costs time where nobody looks: a way to the database that can be cut, and a log. */
  readonly isHurried?: boolean
  /** How long a request waits for one of them; 1 s when absent. */
  readonly connectionTimeoutMs?: number
}

/** A database and a simulated broker. */
export type TestPlace = Awaited<ReturnType<typeof openTestPlace>>

/** Opens a database and a simulated broker of a test's own. */
export async function openTestPlace(simulator: Parameters<typeof startKiteSim>[0] = {}) {
  const [database, sim] = await Promise.all([createTestDatabase(), startKiteSim(simulator)])
  const close = async () => {
    await sim.close()
    await database.drop()
  }
  return { database, sim, close }
}

const secret = 'a secret of tests, long enough to sign with'

/** Starts one; `now` moves the server's clock, `log` receives its log lines. */
export async function startTestServer({
  broker,
  place,
  connections = 6,
  connectionTimeoutMs = 1000,
  isHurried = false,
  ...overrides
}: TestOptions = {}) {
  const own = place ? { ...place, close: async () => {} } : await openTestPlace()
  const { database, sim } = own
  const now = overrides.now ?? Date.now
  const way = await cuttableDatabase(database.url)
  const { url } = isHurried ? database : way
  const pool = createPool({ url, max: connections, connectionTimeoutMs })
  const listener = createListener({ url })
  const vault = createVault({ sessionSecret: secret })
  const sessions = new MemorySessionStore({ now })
  const lines: string[] = []
  const requested: string[] = []
  const webOrigin = overrides.webOrigin ?? 'http://localhost:5173'
  const parts = { pool, listener, vault, sessions, lines, requested }
  const app = await buildApp({
    ...testOptions(parts),
    ...(isHurried && { log: pino({ level: 'silent' }) }),
    webOrigin,
    broker: { ...brokerAt(sim.url), ...broker },
    ...overrides,
  })
  const target = { app, webOrigin, simUrl: sim.url }
  return {
    ...target,
    database,
    /** Between this server and its database. */
    way,
    pool,
    sim,
    sessions,
    vault,
    /** The log so far. */
    lines,
    /** Accounts for which an actor was asked. */
    requested,
    market: createMarket(pool),
    scope: (brokerId: string) => createScope(pool, mintBrokerId(brokerId)),
    browser: (userAgent?: string) => new TestBrowser(target, userAgent),
    signIn: (userId: string, userAgent?: string) => new TestBrowser(target, userAgent).signIn(userId),
    /** Opens the live events of a browser over a real socket. */
    async events(browser: TestBrowser, headers?: Readonly<Record<string, string>>) {
      if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
      return await TestEventSource.open(app.listeningOrigin, browser.cookieHeader, headers)
    },
    async close() {
      await app.close()
      await Promise.all([listener.close(), pool.end()])
      await way.close()
      await own.close()
    },
  }
}

interface Parts extends Pick<AppOptions, 'pool' | 'listener' | 'vault' | 'sessions'> {
  readonly lines: string[]
  readonly requested: string[]
}

function testOptions({ lines, requested, ...parts }: Parts) {
  return {
    ...parts,
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    version: '0.0.0',
    accountRequests: { request: async (brokerId: string) => void requested.push(brokerId) },
    https: false,
    trustProxy: [],
    sessionSecrets: [secret],
    sessionMs: 24 * 3_600_000,
    sessionIdleMs: 0,
    signInsPerMinute: 10_000,
    signInsPerAccount: 10_000,
  }
}

function brokerAt(simUrl: string): AppOptions['broker'] {
  return {
    apiUrl: simUrl,
    loginUrl: `${simUrl}/connect/login`,
    serverKeys: { apiKey: 'demo-key', apiSecret: 'demo-secret' },
    simulated: true,
    allowedBrokerIds: new Set(),
  }
}
