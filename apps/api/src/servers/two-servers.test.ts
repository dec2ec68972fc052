import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePorts } from '../../../../scripts/ports.ts'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import type { ServerProcess } from '../testing/server-process.ts'
import { holderOf, isTakenBy, type Market, openMarket, play } from '../testing/market-of-two.ts'

const steps = 30
const killedAt = 11
const accounts = ['UK9394', 'UK1234'] as const

let redis: TestRedis
let undisturbed: Awaited<ReturnType<typeof play>>['came']
beforeAll(async () => {
  redis = await startTestRedis()
  const calm = await openMarket(1, {})
  const { came, streams } = await play(calm, steps)
  for (const stream of streams) stream.close()
  await calm.close()
  undisturbed = came
}, 60_000)
afterAll(() => redis.stop())

/** Renames the device of a session, as soon as there is a server that does it. */
async function rename(market: Market, cookie: string, label: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const session = JSON.parse(await (await market.browsers.call(cookie, 'GET', '/api/session')).text())
      const renamed = await market.browsers.call(cookie, 'PATCH', `/api/devices/${session.device.id}`, {
        label,
      })
      expect(renamed.status).toBe(200)
    },
    { timeout: 15_000, interval: 50 },
  )
}

/** Starts a third server, whose secret is another, beside the two; it has to go again, and nobody may notice it. */
async function refuseStranger({ start, servers, owner }: Market, cookies: readonly string[]): Promise<void> {
  const [port] = await freePorts(1)
  const third = start({ PORT: `${port}`, SESSION_SECRET: randomBytes(32).toString('hex') })
  await expect(third).rejects.toThrow(
    /exit code 78:[^]+authentication fails after deployment[^]+Set the same SESSION_SECRET on every server/,
  )
  // Neither its readiness nor a cookie is answered there: nobody listens.
  const headers = { cookie: cookies[0] ?? '' }
  for (const path of ['/readyz', '/api/session'])
    await expect(fetch(`http://127.0.0.1:${port}${path}`, { headers })).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    })
  const { rows } = await owner.query<{ pid: number }>('select pid from servers order by 1')
  expect(rows.map(({ pid }) => pid)).toEqual(servers.map(({ pid }) => pid).toSorted((a, b) => a - b))
  for (const server of servers) {
    const readiness = JSON.parse(await (await fetch(`${server.url}/readyz`)).text())
    expect(readiness).toMatchObject({ status: 'ready', servers: { status: 'ok', findings: [] } })
    for (const [at, cookie] of cookies.entries()) await expectSignedIn(server, cookie, at)
  }
}

/** Waits until a cookie is answered, which has to be with the account it was given to. */
async function expectSignedIn(at: Pick<ServerProcess, 'call'>, cookie: string, account: number) {
  const answer = await vi.waitFor(
    async () => {
      const { status, text } = await at.call(cookie, 'GET', '/api/session').then(async (response) => ({
        status: response.status,
        text: await response.text(),
      }))
      expect(status).not.toBe(503)
      return { status, ...JSON.parse(text) }
    },
    { timeout: 15_000, interval: 50 },
  )
  expect(answer).toMatchObject({ status: 200, brokerId: accounts[account] })
}

describe.each([
  // The first waits for as long as a dead server's accounts have to wait; for the other that time is over at once.
  { store: 'redis', settings: () => ({ REDIS_URL: redis.url }), isQuick: false },
  { store: 'postgres', settings: () => ({ SESSION_STORE: 'postgres' }), isQuick: true },
])('two servers behind one address, with sessions in $store, of which one is killed', (kind) => {
  it('turn one with another secret away, keep everybody signed in, have the runs back in 30 s, lose and double no fill, and streams go on without a gap', async () => {
    const market = await openMarket(2, kind.settings())
    let [killedAtMs, backAtMs] = [0, 0]
    const act: NonNullable<Parameters<typeof play>[2]>['act'] = async ({ cookies, streams, ask }) => {
      await refuseStranger(market, cookies)
      const victim = holderOf(market, 'UK9394')
      const other = market.servers.find((server) => server !== victim)
      const orphans = accounts.filter((brokerId) => isTakenBy(victim, brokerId))
      const goOn = streams.map((stream) => stream.hold())
      await victim.kill()
      killedAtMs = performance.now()
      // What happens while no stream is open must be in the next one.
      for (const cookie of cookies) await rename(market, cookie, 'renamed meanwhile')
      for (const resume of goOn) resume()
      if (kind.isQuick)
        await market.owner.query(
          "update pgboss.job set heartbeat_on = heartbeat_on - interval '10 s' where state = 'active' and data->>'brokerId' = any($1)",
          [orphans],
        )
      await vi.waitFor(
        async () => {
          await ask()
          expect(orphans.filter((brokerId) => other && isTakenBy(other, brokerId))).toEqual(orphans)
        },
        { timeout: 30_000, interval: 50 },
      )
      backAtMs = performance.now()
    }
    const { cookies, streams, statuses, came } = await play(market, steps, { at: killedAt, act })

    expect(backAtMs - killedAtMs).toBeLessThan(30_000)
    expect(undisturbed.fills.length).toBeGreaterThan(5)
    expect(came).toEqual(undisturbed)
    // 502 is the balancer's own, for a call that the killed server was about to answer.
    expect([...statuses].filter((status) => ![200, 502, 503].includes(status))).toEqual([])
    for (const [at, brokerId] of accounts.entries()) {
      const { rows } = await market.owner.query<{ latest: number }>(
        'select event_seq::int as latest from broker_accounts where broker_id = $1',
        [brokerId],
      )
      const stream = streams[at]
      await vi.waitFor(() => expect(stream?.sequences.at(-1)).toBe(rows[0]?.latest), { timeout: 10_000 })
      const sequences = stream?.sequences ?? []
      expect(sequences).toEqual(Array.from(sequences, (_, index) => (sequences[0] ?? 0) + index))
      expect(stream?.count('reset')).toBe(0)
      expect(stream?.count('fill')).toBe(came.fills.filter((fill) => fill.broker_id === brokerId).length)
      stream?.close()
    }
    expect(streams.some(({ statuses: opened }) => opened.length > 1)).toBe(true)
    for (const [at, cookie] of cookies.entries()) await expectSignedIn(market.browsers, cookie, at)
    await market.close()
  }, 90_000)
})
