import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import pg from 'pg'
import { startChild } from '../../scripts/child.ts'
import { clockAhead } from '../postgres-clock.ts'
import { busySeconds } from '../processor-time.ts'
import type { Limit, Pace } from '../row.ts'
import { brokerIds } from '../seed.ts'
import { type Servers, signIn, startServers } from '../servers.ts'
import { type SpreadTicker, startSpreadTicker } from '../spread-ticker.ts'

const accounts = 50
const runsEach = 20
const work = `${accounts * runsEach} runs of ${accounts} accounts in one engine process, one price a second each`

/** Whether every run has parameters of its own, as people choose them, or all have the same and decide together. */
type Choice = 'own' | 'same'

/** Row 7: from a price on the engine's socket to the commit of what it led to, by Postgres' own clock. */
export const tickToIntent: Limit = {
  name: '7',
  work: `${work} and parameters of its own: from a price on the engine’s socket to the commit of the order, 99th percentile`,
  unit: 'ms',
  limitedBy:
    'All accounts with an instrument get its price at once, and those that decide then write one after the other: two cores, and a wait for the disk.',
  mark: { atMost: 20 },
  quantile: 0.99,
  run: async (pace) => (await measured('own', pace)).committed,
}

/** The same until another connection to Postgres hears of the order, as the processes do that tell devices of it. */
export const tickToDevices: Limit = {
  name: '7-told',
  work: `${work} and parameters of its own: the same until other processes have heard of the order, 99th percentile`,
  unit: 'ms',
  limitedBy:
    'The engine hears of the commit once it has read all the sockets that have something; then it is one more round trip, which waits for the one before.',
  mark: { atMost: 20 },
  quantile: 0.99,
  run: async (pace) => (await measured('own', pace)).told,
}

/** The same when all think alike: every price that crosses has fifty accounts place an order at the same moment. */
export const tickToIntentTogether: Limit = {
  name: '7-together',
  work: `${work}, all with the same parameters, so that up to ${accounts} accounts order at the same moment: to the commit, 99th percentile`,
  unit: 'ms',
  limitedBy:
    'The last of fifty orders waits for the others: each is a dozen statements, which share two cores.',
  mark: { atMost: 250 },
  quantile: 0.99,
  run: async (pace) => (await measured('same', pace)).committed,
}

/** Row 7, the other half: how busy that process is. */
export const engineLoad: Limit = {
  name: '7-cpu',
  work: `${work} and parameters of its own: processor time of that process, in per cent of one core`,
  unit: '%',
  limitedBy:
    'A transaction for each order, two a second for each account’s checkpoints, and the prices themselves.',
  mark: { atMost: 60 },
  run: async (pace) => [(await measured('own', pace)).busyPct],
}

interface Found {
  /** Milliseconds of each order until it was committed, and until another connection had heard of it. */
  readonly committed: readonly number[]
  readonly told: readonly number[]
  readonly busyPct: number
}

const found = new Map<Choice, Promise<Found>>()
/** Two rows are about the same minute. */
function measured(choice: Choice, pace: Pace): Promise<Found> {
  const before = found.get(choice)
  if (before !== undefined) return before
  const now = withRuns(choice, (running) => measure(running, pace.seconds * 20_000))
  found.set(choice, now)
  return now
}

interface Running {
  readonly client: pg.Client
  readonly enginePid: number
  readonly ticker: SpreadTicker
}

async function withRuns(choice: Choice, work: (running: Running) => Promise<Found>): Promise<Found> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-engine-'))
  const postgres = await startEmbeddedPostgres({
    dir: join(dataDir, 'postgres'),
    port: 0,
    settings: { track_commit_timestamp: 'on' },
  })
  const servers = await startServers(postgres.url, dataDir, { ENGINE: 'off' })
  const ids = brokerIds(accounts)
  const ticker = await startSpreadTicker(servers.simUrl)
  const engine = startEngine(postgres.url, dataDir, servers, ticker)
  const client = new pg.Client(postgres.url)
  try {
    await Promise.all([engine.ready, client.connect()])
    await startRuns(servers, client, { ids, choice })
    return await work({ client, enginePid: engine.pid, ticker })
  } finally {
    await client.end()
    await engine.stop()
    await ticker.close()
    await servers.close()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function startEngine(
  databaseUrl: string,
  dataDir: string,
  { simUrl, webOrigin }: Servers,
  { url }: SpreadTicker,
) {
  return startChild({
    name: 'engine',
    file: fileURLToPath(new URL('../../apps/api/src/engine-main.ts', import.meta.url)),
    env: {
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      WEB_ORIGIN: webOrigin,
      LOG_LEVEL: 'warn',
      KITE_API_URL: simUrl,
      KITE_TICKER_URL: url,
      KITE_API_KEY: 'demo-key',
      KITE_API_SECRET: 'demo-secret',
    },
  })
}

/** Starts each account's runs as its user would, each on a share of its own, and waits until all have seen prices. */
async function startRuns(
  servers: Servers,
  client: pg.Client,
  { ids, choice }: { readonly ids: readonly string[]; readonly choice: Choice },
): Promise<void> {
  for (const [index, id] of ids.entries()) {
    const cookie = await signIn(servers, id)
    const { rows: shares } = await client.query(
      "select exchange || ':' || tradingsymbol as id from instruments where segment = 'NSE' order by id",
    )
    for (let run = 0; run < runsEach; run += 1) {
      const instrument = shares[(index + run) % shares.length].id
      const params = choice === 'own' ? { instrument, ...ownLengths(index, run) } : { instrument }
      await startRun(servers, cookie, `${id}-${run}-bench`, params)
    }
  }
  const behind = "select count(*)::int as count from runs where status <> 'running' or checkpoint is null"
  while ((await client.query(behind)).rows[0].count > 0) await delay(100)
}

/** Averages of 3 to 12 and of 15 to 60 prices: of those who trade a share, no two have the same. */
function ownLengths(account: number, run: number) {
  return { fastLength: 3 + (account % 10), slowLength: 15 + ((account * 7 + run * 11) % 46) }
}

async function startRun(servers: Servers, cookie: string, key: string, params: object): Promise<void> {
  const answer = await fetch(`${servers.apiUrl}/api/runs`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: servers.webOrigin,
      cookie,
      'idempotency-key': key,
    },
    body: JSON.stringify({
      strategyId: 'ema-crossover',
      params,
      mode: 'paper',
    }),
  })
  assert.equal(answer.status, 201, await answer.text())
}

/** When it was heard that an account's events go up to some number. */
class HeardEvents {
  readonly #heard = new Map<string, { readonly latest: number; readonly at: number }[]>()

  hear(payload: string): void {
    const [brokerId = '', latest] = payload.split(' ')
    const heard = this.#heard.get(brokerId) ?? []
    this.#heard.set(brokerId, heard)
    if (latest !== undefined) heard.push({ latest: Number(latest), at: performance.now() })
  }

  /** Undefined for an event of before anything was heard. */
  at(brokerId: string, seq: number): number | undefined {
    const heard = this.#heard.get(brokerId) ?? []
    const first = heard.findIndex(({ latest }) => latest >= seq)
    return first > 0 ? heard[first]?.at : undefined
  }
}

interface OrderRow {
  readonly broker_id: string
  readonly seq: string
  readonly token: number
  readonly market_ms: number
  readonly committed_ms: number
}

async function measure({ client, enginePid, ticker }: Running, ms: number): Promise<Found> {
  const heard = new HeardEvents()
  client.on('notification', ({ payload = '' }) => heard.hear(payload))
  await client.query('listen account_events')
  const aheadBefore = await clockAhead(client)
  const before = await busySeconds(enginePid)
  const start = performance.now()
  await delay(ms)
  const seconds = (performance.now() - start) / 1000
  const busyPct = (((await busySeconds(enginePid)) - before) / seconds) * 100
  const ahead = await clockAhead(client)
  assert.ok(Math.abs(ahead - aheadBefore) < 1, 'no clock was set meanwhile')
  // A fill is written by the transaction of its order; Postgres notes its time with the commit, before the disk has it.
  const { rows } = await client.query<OrderRow>(`
    select broker_id, seq, instrument_token as token, extract(epoch from market_time)::float8 * 1000 as market_ms,
      extract(epoch from pg_xact_commit_timestamp(fills.xmin))::float8 * 1000 as committed_ms
    from events join fills using (broker_id) where type = 'fill' and fills.id = (payload ->> 'fillId')::uuid`)
  const orders = rows.flatMap(
    ({ broker_id: brokerId, seq, token, market_ms: marketMs, committed_ms: committedMs }) => {
      const heardAt = heard.at(brokerId, Number(seq))
      if (heardAt === undefined) return []
      const sentAt = ticker.sentAt(brokerId, token, marketMs)
      return [{ committed: committedMs - ahead - sentAt, told: heardAt - sentAt }]
    },
  )
  const [committed, told] = [orders.map((order) => order.committed), orders.map((order) => order.told)]
  assert.ok(orders.length >= ms / 250, `there were ${orders.length} orders only`)
  assert.ok(
    orders.every((order) => order.committed >= 0 && order.told >= 0),
    'every order belongs to a price that was sent',
  )
  return { committed, told, busyPct }
}
