import { createEngine } from '@stratdesk/engine/engine'
import { migrateQueue } from '@stratdesk/engine/migrate'
import { createAccountRequests } from '@stratdesk/engine/requests'
import pg from 'pg'
import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { openTestPlace, startTestServer, type TestServer } from '../testing/server.ts'
import { buildTinyWeb } from './tiny-web.ts'
import { buildWorld, runRequest, type World } from './world.ts'

/** Two accounts at work on one server, with an engine that trades for both. */
export interface BusyAccounts {
  readonly server: TestServer
  readonly owner: pg.Client
  readonly a: World
  readonly b: World
  /** Every log line of server and engine. */
  readonly lines: readonly string[]
  /** Every route that was registered. */
  readonly registered: readonly { readonly method: string; readonly url: string }[]
  /** Lets the market move until the runs of both accounts have traded so many times more. */
  trade(times: number): Promise<void>
  close(): Promise<void>
}

/** Opens a server with an engine, and builds the worlds of both accounts on it. */
export async function openBusyAccounts(): Promise<BusyAccounts> {
  const place = await openTestPlace({ seed: 'canary', start: '2026-03-02T04:00:00Z', speed: 0 })
  const { url } = place.database
  await migrateQueue(url)
  const lines: string[] = []
  const registered: { method: string; url: string }[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const accountRequests = createAccountRequests({ url })
  const web = await buildTinyWeb()
  const server = await startTestServer({
    place,
    log,
    accountRequests,
    webDir: web.dir,
    onRoute: ({ method, url: path }) =>
      void registered.push(...[method].flat().map((each) => ({ method: each, url: path }))),
  })
  const owner = new pg.Client(url)
  await owner.connect()
  const common = { instrument: 'SIM:SPX500', keepsConnection: true }
  const a = await buildWorld(server, owner, { ...common, brokerId: 'UK9394', countsFrom: 10 })
  const b = await buildWorld(server, owner, { ...common, brokerId: 'UK1234', countsFrom: 5000 })
  const { pool, vault } = server
  const { url: kiteApiUrl, tickerUrl: kiteTickerUrl } = place.sim
  const engine = createEngine({ url, pool, vault, log, kiteApiUrl, kiteTickerUrl })
  await engine.start()
  const fills = async (brokerId: string) =>
    (await owner.query('select from fills where broker_id = $1', [brokerId])).rowCount ?? 0
  return {
    server,
    owner,
    a,
    b,
    lines,
    registered,
    async trade(times) {
      const wanted = await Promise.all([a, b].map(async ({ brokerId }) => (await fills(brokerId)) + times))
      await vi.waitFor(
        async () => {
          await place.sim.clock.set({ advance: 1 })
          const now = await Promise.all([a, b].map(({ brokerId }) => fills(brokerId)))
          for (const [at, count] of now.entries()) expect(count).toBeGreaterThanOrEqual(wanted[at] ?? 0)
        },
        { timeout: 60_000, interval: 20 },
      )
    },
    async close() {
      await engine.stop()
      await accountRequests.close()
      await owner.end()
      await server.close()
      await place.close()
      await web.remove()
    },
  }
}

/** What a trader does on a day, with all of the account's own words in it. */
export async function workAsTrader({ browser, canaries, ids }: World): Promise<void> {
  const name = canaries.text('busy-run')
  const request = { ...runRequest(ids.instrument), name }
  const begun = await browser.post('/api/runs', request, { 'idempotency-key': canaries.text('busy-key') })
  const { id, revision } = begun.json<{ id: string; revision: number }>()
  await browser.call('PATCH', `/api/devices/${ids.otherDeviceId}`, {
    body: { label: canaries.text('phone') },
  })
  await browser.get(`/api/runs/${id}`)
  await browser.get('/api/performance?period=today')
  const stop = { 'if-match': String(revision) }
  await browser.post(`/api/runs/${id}/stop`, { flatten: true }, stop)
  // Stale by now, unless the run has not moved on yet: either answer is worth hearing.
  await browser.post(`/api/runs/${id}/stop`, { flatten: false }, stop)
}

/** What goes wrong for whoever mistypes, and is answered. */
export async function makeMistakes({ browser }: World): Promise<void> {
  await browser.get('/api/runs/00000000-0000-7000-8000-000000000000')
  await browser.get('/api/trades?cursor=AAAAAAAAAAAAAAAAAAAAAAAA')
  await browser.get('/api/nothing')
  await browser.call('PUT', '/api/runs', { body: {} })
  await browser.call('POST', '/api/runs', { body: '{' })
  await browser.call('POST', '/api/runs', { body: '{}', headers: { 'content-type': 'text/plain' } })
  await browser.call('POST', '/api/runs', { body: {}, headers: { origin: 'http://elsewhere.example' } })
  await browser.post(
    '/api/runs',
    { strategyId: 'none', params: {}, mode: 'paper' },
    { 'idempotency-key': 'mistake-1' },
  )
  await browser.post('/api/sign-in/kite/request-token', {
    apiKey: 'demo-key',
    apiSecret: 'demo-secret',
    requestToken: 'none',
  })
}
