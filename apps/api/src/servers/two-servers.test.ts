import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import { holderOf, isTakenBy, type Market, openMarket, play } from '../testing/market-of-two.ts'

const steps = 30
const killedAt = 11

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

describe.each([
  // The first waits for as long as a dead server's accounts have to wait; for the other that time is over at once.
  { store: 'redis', settings: () => ({ REDIS_URL: redis.url }), isQuick: false },
  { store: 'postgres', settings: () => ({ SESSION_STORE: 'postgres' }), isQuick: true },
])('two servers behind one address, with sessions in $store, of which one is killed', (kind) => {
  it('keep everybody signed in, have the runs back in 30 s, lose and double no fill, and streams go on without a gap', async () => {
    const market = await openMarket(2, kind.settings())
    let [killedAtMs, backAtMs] = [0, 0]
    const act: NonNullable<Parameters<typeof play>[2]>['act'] = async ({ cookies, streams, ask }) => {
      const victim = holderOf(market, 'UK9394')
      const other = market.servers.find((server) => server !== victim)
      const orphans = ['UK9394', 'UK1234'].filter((brokerId) => isTakenBy(victim, brokerId))
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
    for (const [at, brokerId] of ['UK9394', 'UK1234'].entries()) {
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
    for (const [at, cookie] of cookies.entries()) {
      const answer = await market.browsers.call(cookie, 'GET', '/api/session')
      expect(JSON.parse(await answer.text())).toMatchObject({ brokerId: ['UK9394', 'UK1234'][at] })
    }
    await market.close()
  }, 90_000)
})
