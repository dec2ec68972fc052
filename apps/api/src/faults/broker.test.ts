import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { brokerRedirect } from '../testing/browser.ts'
import { type BrokerFault, startFaultyBroker } from '../testing/faulty-broker.ts'
import { loadAllowance, recoveryMs } from '../testing/recovery.ts'
import { ResumingStream } from '../testing/resuming-stream.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

let database: TestDatabase
let sim: RunningKiteSim
let broker: Awaited<ReturnType<typeof startFaultyBroker>>
let server: ServerProcess
let cookies: readonly string[]
let signInLoadMs: number
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
  broker = await startFaultyBroker(sim)
  server = await startServerProcess(sim, {
    DATABASE_URL: database.url,
    KITE_API_URL: broker.url,
    KITE_TICKER_URL: broker.tickerUrl,
  })
  signInLoadMs = await loadAllowance(async () => {
    cookies = [await server.signIn('UK9394'), await server.signIn('UK1234')]
  })
}, 60_000)
afterAll(async () => {
  await server.stop()
  await Promise.all([broker.close(), sim.close()])
  await database.drop()
})

const faults: readonly BrokerFault[] = [
  'too many requests',
  'an error of its own',
  'a page of HTML',
  'lost',
  'cut',
]

const statusOf = async (cookie: string) => {
  const answer = await server.call(cookie, 'GET', '/api/session')
  await answer.text()
  return answer.status
}

describe.each(faults)('a broker that answers with: %s', (fault) => {
  it('ends a sign-in with plain words and no session, and everybody else stays signed in', async () => {
    const begun = await server.call('', 'POST', '/api/sign-in/kite', {})
    const pending = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const { loginUrl } = JSON.parse(await begun.text())
    const callback = await brokerRedirect(sim.url, new URL(loginUrl), 'UK0001')
    broker.fail(fault)
    const began = performance.now()
    try {
      const ended = await fetch(server.url + callback, { redirect: 'manual', headers: { cookie: pending } })
      expect(performance.now() - began).toBeLessThan(6000)
      expect([ended.status, ended.headers.get('location')]).toEqual([
        303,
        'http://localhost:5173/sign-in?problem=broker-unavailable',
      ])
      expect(ended.headers.getSetCookie().filter((text) => /^(session|device)=[^;]/.test(text))).toEqual([])
      const pasted = { apiKey: 'demo-key', accessToken: 'a-token-that-nobody-gave-out' }
      const typed = await server.call('', 'POST', '/api/sign-in/kite/access-token', pasted)
      const problem = { code: 'broker-unavailable', message: expect.stringMatching(/does not answer/) }
      expect([typed.status, JSON.parse(await typed.text())]).toMatchObject([502, problem])
      expect(typed.headers.get('retry-after')).toBe('5')
    } finally {
      broker.mend()
    }
    const mendedAt = performance.now()
    expect(await statusOf(await server.signIn('UK0001'))).toBe(200)
    expect(performance.now() - mendedAt).toBeLessThan(recoveryMs + signInLoadMs)
    expect(await Promise.all(cookies.map(statusOf))).toEqual([200, 200])
    expect(server.isRunning()).toBe(true)
  })
})

it('prices of every account stop and come back, whatever the broker does instead of sending them', async () => {
  const streams: ResumingStream[] = []
  for (const cookie of cookies) {
    const run = { strategyId: 'ema-crossover', mode: 'paper', params: { fastLength: 2, slowLength: 5 } }
    const started = await server.call(cookie, 'POST', '/api/runs', run, { 'idempotency-key': 'the-only-run' })
    expect(started.status).toBe(201)
    streams.push(await ResumingStream.open(server.url, cookie))
  }
  const marketTimes = () => streams.map((stream) => latestPriceMs(stream))
  const untilLater = async (than: readonly number[], timeout: number) =>
    await vi.waitFor(() => expect(marketTimes().every((time, at) => time > (than[at] ?? 0))).toBe(true), {
      timeout,
      interval: 10,
    })
  await untilLater([0, 0], 15_000)
  const loadMs = await loadAllowance(() => untilLater(marketTimes(), 15_000))
  for (const fault of faults) {
    const before = broker.faulted
    broker.fail(fault)
    await vi.waitFor(() => expect(broker.faulted).toBeGreaterThanOrEqual(before + 2), { timeout: 10_000 })
    const stopped = marketTimes()
    broker.mend()
    await untilLater(stopped, recoveryMs + loadMs)
  }
  for (const [at, cookie] of cookies.entries()) {
    const runs: { items: { status: string }[] } = JSON.parse(
      await (await server.call(cookie, 'GET', '/api/runs')).text(),
    )
    expect(runs.items.map(({ status }) => status)).toEqual(['running'])
    expect(streams[at]?.statuses).toEqual([200])
    streams[at]?.close()
  }
  expect(server.isRunning()).toBe(true)
  expect(server.output()).not.toMatch(/"level":(50|60)/)
}, 60_000)

/** The exchange's time of the newest price that a stream has brought, in epoch milliseconds; 0 before the first. */
function latestPriceMs(stream: ResumingStream): number {
  const texts = stream.events.flatMap(({ type, data }) => (type === 'tick' ? [JSON.stringify(data)] : []))
  const times = texts.flatMap((text) =>
    [...text.matchAll(/"marketTime":"([^"]+)"/g)].map((found) => found[1]),
  )
  return Math.max(0, ...times.map((time) => Date.parse(time ?? '')))
}
