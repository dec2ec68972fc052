import { createMarket } from '@stratdesk/data/market'
import { loadConnection, saveConnection } from '@stratdesk/data/connections'
import type pg from 'pg'
import { vi } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import type { TestServer } from '../testing/server.ts'
import { readBrokerRows, requireFullWorld } from './broker-rows.ts'
import { Canaries } from './canary.ts'
import { addHistory } from './world-rows.ts'

/** What names the things of one account; the cases of the sweep are written in these. */
export interface WorldIds {
  /** The device that calls. */
  deviceId: string
  /** Another device of the account. */
  otherDeviceId: string
  /** A run that is active, which was started with `idempotencyKey`, and its revision. */
  runId: string
  revision: string
  idempotencyKey: string
  /** A run that has ended, with orders, fills, trades and logs. */
  endedRunId: string
  /** The instrument that its runs trade. */
  instrument: string
  strategyId: string
  /** The newest event but one, so that there is something behind it. */
  eventSeq: string
  /** A login at the broker that its browser has begun and the broker has sent back. */
  state: string
  requestToken: string
  /** A request token that was used. */
  usedToken: string
}

/** One account with at least a row in every broker table and a canary in every text and number of it. */
export interface World {
  readonly brokerId: string
  readonly canaries: Canaries
  readonly browser: TestBrowser
  readonly ids: WorldIds
}

interface WorldOptions {
  readonly brokerId: string
  /** What its runs trade. */
  readonly instrument: string
  /** Where its revision, events and rows begin to be counted, so that two worlds do not agree by chance. */
  readonly countsFrom: number
  /** Keeps the connection that the broker gave, for tests whose engine uses it; otherwise its secrets are canaries. */
  readonly keepsConnection?: boolean
}

/** The keys of the simulator's own app, which every account brings along. */
export const demoKeys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }

/** What a run is started with. */
export function runRequest(instrument: string) {
  return { strategyId: 'ema-crossover', params: { instrument }, mode: 'paper' }
}

/** Builds the account's world on a test server: by the calls of its browser where there are any, else row by row. */
export async function buildWorld(
  server: TestServer,
  owner: pg.Client,
  { brokerId, instrument, countsFrom, keepsConnection = false }: WorldOptions,
): Promise<World> {
  const canaries = new Canaries(brokerId)
  const agent = `Mozilla/5.0 (X11; Linux x86_64; ${canaries.text('user-agent')}) Chrome/142.0 Safari/537.36`
  const [browser, other] = [server.browser(agent), server.browser(agent)]
  browser.keys = other.keys = demoKeys
  const callback = await browser.loginAtBroker(brokerId)
  await browser.get(callback)
  // The first sign-in brings the instrument list along, which may take longer than the sign-in.
  const lists = () => owner.query('select from instrument_list')
  await vi.waitUntil(async () => (await lists()).rowCount === 1, { timeout: 30_000, interval: 50 })
  await other.signIn(brokerId)
  const deviceId = await deviceOf(browser)
  const otherDeviceId = await deviceOf(other)
  await browser.call('PATCH', `/api/devices/${deviceId}`, { body: { label: canaries.text('device') } })

  const idempotencyKey = canaries.text('idempotency')
  const begun = await browser.post('/api/runs', runRequest(instrument), { 'idempotency-key': idempotencyKey })
  if (begun.statusCode !== 201) throw new Error(`The run of a world was refused: ${begun.body}`)
  const { id: runId } = begun.json<{ id: string }>()

  const scope = server.scope(brokerId)
  await scope
    .update('broker_accounts')
    .set({ name: canaries.text('account') })
    .execute()
  await scope.update('runs').set({ revision: countsFrom }).where('id', '=', runId).execute()
  await countOnFrom(owner, brokerId, countsFrom)
  const endedRunId = await addHistory(scope, canaries)
  await addMarketData(server, instrument)
  if (!keepsConnection) await markConnection(server, brokerId, canaries)
  await addSecrets(server, brokerId, canaries)

  const pending = new URL(await browser.loginAtBroker(brokerId), server.webOrigin).searchParams
  const ids = {
    deviceId,
    otherDeviceId,
    runId,
    revision: String(countsFrom),
    idempotencyKey,
    endedRunId,
    instrument,
    strategyId: canaries.text('strategy'),
    eventSeq: String((await latestEvent(owner, brokerId)) - 1),
    state: pending.get('state') ?? '',
    requestToken: pending.get('request_token') ?? '',
    usedToken: new URL(callback, server.webOrigin).searchParams.get('request_token') ?? '',
  }
  if (!keepsConnection) await requireFullWorld(owner, await readBrokerRows(owner, brokerId), canaries)
  return { brokerId, canaries, browser, ids }
}

/** The device as which a browser is signed in. */
export async function deviceOf(browser: TestBrowser): Promise<string> {
  return (await browser.get('/api/session')).json<{ device: { id: string } }>().device.id
}

/** What the database numbers goes on from there. */
async function countOnFrom(owner: pg.Client, brokerId: string, count: number): Promise<void> {
  await owner.query('delete from events where broker_id = $1', [brokerId])
  await owner.query('update broker_accounts set event_seq = $2 where broker_id = $1', [brokerId, count])
  const { rows } = await owner.query<{ sequence: string }>(
    `select pg_get_serial_sequence(attrelid::regclass::text, attname) as sequence
     from pg_attribute join pg_class on pg_class.oid = attrelid
     where relnamespace = 'public'::regnamespace and attidentity <> ''`,
  )
  for (const { sequence } of rows) await owner.query('select setval($1, $2)', [sequence, count])
}

/** Prices that are known because this account watches the instrument. */
async function addMarketData(server: TestServer, instrument: string): Promise<void> {
  const market = createMarket(server.pool)
  const found = await market.instrument(instrument)
  if (!found) throw new Error(`There is no instrument ${instrument}`)
  const { instrument_token } = found
  const time = new Date()
  await market.recordPrices([{ instrument_token, last_price: '101.5', last_price_at: time }])
  const price = { open: '101', high: '102', low: '100', close: '101.5' }
  await market.upsertCandles(
    (['5s', '1m'] as const).map((interval) => ({ instrument_token, interval, time, ...price })),
  )
}

async function markConnection(server: TestServer, brokerId: string, canaries: Canaries): Promise<void> {
  await saveConnection(server.scope(brokerId), server.vault, {
    apiKey: canaries.text('api-key-stored'),
    apiSecret: canaries.text('api-secret'),
    accessToken: canaries.text('access-token'),
    expiresAt: new Date(Date.now() + 3_600_000),
    deviceId: crypto.randomUUID(),
    deviceLabel: canaries.text('renewed-by'),
  })
}

/** The access token is a canary however it came; the key and the secret are the operator's unless they were marked. */
async function addSecrets(server: TestServer, brokerId: string, canaries: Canaries): Promise<void> {
  const connection = await loadConnection(server.scope(brokerId), server.vault)
  if (!connection?.accessToken) throw new Error('The world has no access token')
  canaries.add(connection.accessToken)
}

async function latestEvent(owner: pg.Client, brokerId: string): Promise<number> {
  const { rows } = await owner.query<{ seq: string }>(
    'select max(seq) as seq from events where broker_id = $1',
    [brokerId],
  )
  return Number(rows[0]?.seq)
}
