import { mintBrokerId } from '@stratdesk/data/broker-id'
import { saveConnection } from '@stratdesk/data/connections'
import { createMarket } from '@stratdesk/data/market'
import { createPool } from '@stratdesk/data/pool'
import { type BrokerScope, createScope } from '@stratdesk/data/scope'
import { createTestDatabase } from '@stratdesk/data/testing'
import { uuidv7 } from '@stratdesk/data/uuid'
import { createVault } from '@stratdesk/data/vault'
import { createKiteClient } from '@stratdesk/kite/rest'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import type { EngineOptions } from '../engine.ts'
import { refreshInstruments } from '../instruments.ts'
import { migrateQueue } from '../migrate.ts'
import { type LogEntry, recordLog } from './record-log.ts'

const startAt = '2026-03-02T04:00:00Z'
export const testSecret = 'a secret of the tests only'

/** A database, a simulated broker whose time stands still, and what an engine needs to run on them. */
export interface Stack extends AsyncDisposable {
  readonly engineOptions: EngineOptions
  readonly logged: readonly LogEntry[]
  /** Makes simulated seconds happen; resolves when their ticks were written to the sockets. */
  advance(seconds: number): Promise<void>
  /** The simulator's time in epoch milliseconds, whole seconds. */
  now(): number
  /** Kills every access token handed out so far, as the broker does at 06:00. */
  expireTokens(): Promise<void>
  /** Signs a demo user in, as the first or a renewed login. */
  signIn(brokerId: string): Promise<BrokerScope>
}

/** Starts one; everything in it is its own and goes with it. */
export async function startStack(seed = 'engine'): Promise<Stack> {
  const database = await createTestDatabase()
  await migrateQueue(database.url)
  const pool = createPool({ url: database.url, max: 10 })
  const sim = await startKiteSim({ seed, start: startAt, speed: 0 })
  const vault = createVault({ sessionSecret: testSecret })
  const market = createMarket(pool)
  const { log, logged } = recordLog()
  const tokens = new Set<string>()
  let nowMs = Date.parse(startAt)
  return {
    logged,
    engineOptions: {
      url: database.url,
      pool,
      vault,
      log,
      kiteApiUrl: sim.url,
      kiteTickerUrl: sim.tickerUrl,
      checkpointMs: 20,
    },
    async advance(seconds) {
      nowMs += seconds * 1000
      await sim.clock.set({ advance: seconds })
    },
    now: () => nowMs,
    async expireTokens() {
      for (const accessToken of tokens) {
        await createKiteClient({ apiUrl: sim.url, apiKey: 'demo-key', accessToken }).invalidateToken(
          accessToken,
        )
      }
      tokens.clear()
    },
    async signIn(brokerId) {
      const accessToken = await login(sim.url, brokerId)
      tokens.add(accessToken)
      const scope = createScope(pool, mintBrokerId(brokerId))
      await scope
        .insert('broker_accounts', { name: brokerId })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const client = createKiteClient({ apiUrl: sim.url, apiKey: 'demo-key', accessToken })
      await refreshInstruments({ client, market, readSince: new Date(0) })
      await saveConnection(scope, vault, {
        apiKey: 'demo-key',
        accessToken,
        expiresAt: new Date(Date.now() + 3_600_000),
        deviceId: uuidv7(),
        deviceLabel: 'Firefox on Linux',
      })
      return scope
    },
    async [Symbol.asyncDispose]() {
      await sim.close()
      await pool.end()
      await database.drop()
    },
  }
}

async function login(simUrl: string, userId: string): Promise<string> {
  const form = new URLSearchParams({
    api_key: 'demo-key',
    user_id: userId,
    password: 'demo',
    decision: 'login',
  })
  const response = await fetch(`${simUrl}/connect/login`, { method: 'POST', body: form, redirect: 'manual' })
  const requestToken = new URL(response.headers.get('location') ?? '').searchParams.get('request_token') ?? ''
  const client = createKiteClient({ apiUrl: simUrl, apiKey: 'demo-key' })
  return (await client.exchangeToken({ requestToken, apiSecret: 'demo-secret' })).accessToken
}
