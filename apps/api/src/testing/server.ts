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

/** A running API on a database and a simulated broker of its own. */
export type TestServer = Awaited<ReturnType<typeof startTestServer>>

interface TestOptions extends Omit<Partial<AppOptions>, 'broker'> {
  readonly broker?: Partial<AppOptions['broker']>
}

const secret = 'a secret of tests, long enough to sign with'

/** Starts one; `now` moves the server's clock, `log` receives its log lines. */
export async function startTestServer({ broker, ...overrides }: TestOptions = {}) {
  const [database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  const now = overrides.now ?? Date.now
  const pool = createPool({ url: database.url, max: 6 })
  const listener = createListener({ url: database.url })
  const vault = createVault({ sessionSecret: secret })
  const sessions = new MemorySessionStore({ now })
  const lines: string[] = []
  const requested: string[] = []
  const webOrigin = overrides.webOrigin ?? 'http://localhost:5173'
  const app = await buildApp({
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }),
    version: '0.0.0',
    pool,
    listener,
    vault,
    accountRequests: { request: async (brokerId) => void requested.push(brokerId) },
    broker: {
      apiUrl: sim.url,
      loginUrl: `${sim.url}/connect/login`,
      serverKeys: { apiKey: 'demo-key', apiSecret: 'demo-secret' },
      simulated: true,
      allowedBrokerIds: new Set(),
      ...broker,
    },
    webOrigin,
    https: false,
    trustProxy: [],
    sessionSecrets: [secret],
    sessionMs: 24 * 3_600_000,
    sessionIdleMs: 0,
    signInsPerMinute: 10_000,
    sessions,
    ...overrides,
  })
  const target = { app, webOrigin, simUrl: sim.url }
  return {
    ...target,
    database,
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
    async close() {
      await app.close()
      await Promise.all([listener.close(), pool.end(), sim.close()])
      await database.drop()
    },
  }
}
