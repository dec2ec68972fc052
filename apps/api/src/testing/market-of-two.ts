import { setTimeout } from 'node:timers/promises'
import { createTestDatabase } from '@stratdesk/data/testing'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { expect, vi } from 'vitest'
import { ResumingStream } from './resuming-stream.ts'
import { startRoundRobin } from './round-robin.ts'
import { browsersOf, type ServerProcess, startServerProcess } from './server-process.ts'

const startAt = '2026-03-02T04:00:00Z'
const accounts = ['UK9394', 'UK1234'] as const
const exits = { fastLength: 2, slowLength: 4, stopLossPct: 1, takeProfitPct: 2 }
const params = { UK9394: exits, UK1234: { ...exits, direction: 'long-only', quantity: 3 } }

/** Servers behind one address, a database of their own and a market that moves by the step, the same each time. */
export async function openMarket(count: number, settings: Readonly<Record<string, string>>) {
  const [database, sim] = await Promise.all([
    createTestDatabase(),
    startKiteSim({ seed: 'crash', start: startAt, speed: 0 }),
  ])
  const start = (more: Readonly<Record<string, string>> = {}) =>
    startServerProcess(sim, { DATABASE_URL: database.url, ...settings, ...more })
  const servers = await Promise.all(Array.from({ length: count }, () => start()))
  const proxy = await startRoundRobin(servers.map(({ url }) => url))
  const owner = new pg.Client(database.url)
  await owner.connect()
  return {
    servers,
    owner,
    proxy,
    sim,
    browsers: browsersOf(proxy.url, sim),
    /** Starts one more on the same database and session store, which is not behind the address. */
    start,
    async close() {
      await proxy.close()
      await Promise.all(servers.map((server) => server.stop()))
      await Promise.all([owner.end(), sim.close()])
      await database.drop()
    },
  }
}

export type Market = Awaited<ReturnType<typeof openMarket>>

/** The server that runs an account's actor. */
export function holderOf(market: Market, brokerId: string): ServerProcess {
  const holder = market.servers.find((server) => server.isRunning() && isTakenBy(server, brokerId))
  if (!holder) throw new Error(`No server took ${brokerId}`)
  return holder
}

/** Whether a server has said that it took an account. */
export function isTakenBy(server: ServerProcess, brokerId: string): boolean {
  return server
    .output()
    .split('\n')
    .some((line) => line.includes('"Took an account"') && line.includes(`"${brokerId}"`))
}

/** The two accounts' browsers. */
interface Devices {
  readonly cookies: readonly string[]
  readonly streams: readonly ResumingStream[]
  /** Has each ask whether it is signed in. */
  readonly ask: () => Promise<void>
}

/**
 * Signs two accounts in through the one address, so that a sign-in ends at another server than it began at, starts a run
 * of each at a server of its own, and plays the same market step by step. `interrupt` is called in the midst of its step, before the prices of that step were seen; `statuses` are all the
 * answers to whether somebody is signed in.
 */
export async function play(
  market: Market,
  steps: number,
  interrupt?: { readonly at: number; readonly act: (devices: Devices) => Promise<void> },
) {
  const { servers, browsers, proxy, sim, owner } = market
  const cookies: string[] = []
  for (const [at, brokerId] of accounts.entries()) {
    const server = servers[(at + 1) % servers.length]
    // A store is given 500 ms, which a loaded machine may miss.
    const cookie = await vi.waitFor(() => browsers.signIn(brokerId), { timeout: 15_000, interval: 50 })
    cookies.push(cookie)
    const body = { strategyId: 'ema-crossover', mode: 'paper', params: params[brokerId] }
    const started = await server?.call(cookie, 'POST', '/api/runs', body, {
      'idempotency-key': 'the-only-run',
    })
    expect(started?.status).toBe(201)
  }
  const streams = await Promise.all(cookies.map((cookie) => ResumingStream.open(proxy.url, cookie)))
  const statuses = new Set<number>()
  let nowMs = Date.parse(startAt)
  const ask = async () => {
    for (const cookie of cookies) {
      const answer = await browsers.call(cookie, 'GET', '/api/session')
      await answer.text()
      statuses.add(answer.status)
    }
  }
  const seen = async () => {
    for (;;) {
      await ask()
      if (await haveSeen(owner, nowMs)) return
      await setTimeout(20)
    }
  }
  await seen()
  for (let step = 1; step <= steps; step += 1) {
    nowMs += 1000
    await sim.clock.set({ advance: 1 })
    if (interrupt?.at === step) await interrupt.act({ cookies, streams, ask })
    await seen()
  }
  return { cookies, streams, statuses, came: await whatCameOfIt(owner) }
}

/** Whether every run has decided on the prices of that instant of the exchange. */
async function haveSeen(owner: pg.Client, timeMs: number): Promise<boolean> {
  const { rows } = await owner.query<{ done: boolean }>(
    `select count(*) = $2 as done from runs
     where (checkpoint #>> '{seen,0,1,timeMs}')::bigint >= $1`,
    [timeMs, accounts.length],
  )
  return rows[0]?.done === true
}

/** What two executions are compared by. */
async function whatCameOfIt(owner: pg.Client) {
  const count = async (table: string) =>
    (
      await owner.query<{ broker_id: string; count: string }>(
        `select broker_id, count(*) from ${table} group by 1 order by 1`,
      )
    ).rows
  const fills = `select broker_id, market_time, side, quantity, price, charges from fills order by 1, 2, id`
  return {
    fills: (await owner.query<{ broker_id: string }>(fills)).rows,
    checkpoints: (await owner.query('select broker_id, checkpoint from runs order by 1')).rows,
    counts: [
      await count('order_intents'),
      await count('orders'),
      await count('fills'),
      await count('trades'),
    ],
    told: await count(`(select broker_id from events where type in ('fill', 'trade')) told`),
  }
}
