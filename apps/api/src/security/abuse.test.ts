import type { SignInProblem } from '@stratdesk/contracts/session'
import { createKiteClient } from '@stratdesk/kite/rest'
import fastify from 'fastify'
import pg from 'pg'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { disableAccount } from '../account/disable-account.ts'
import { addKnownDevices } from '../sign-in/known-device.ts'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { addSessions } from '../sign-in/session-plugin.ts'
import { addSignInLimits } from '../sign-in/sign-in-limits.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
const opened: TestServer[] = []
afterEach(async () => await opened.pop()?.close())

type Options = Parameters<typeof startTestServer>[0]
const start = async (options: Options) => {
  server = await startTestServer(options)
  opened.push(server)
  return server
}

/** Starts a sign-in from an address; answers its status. */
const begin = async (remoteAddress: string, headers: Readonly<Record<string, string>> = {}) =>
  await server.app.inject({
    method: 'POST',
    url: '/api/sign-in/kite',
    remoteAddress,
    headers: { origin: 'http://localhost:5173', 'content-type': 'application/json', ...headers },
    payload: '{}',
  })
const statuses = async (addresses: readonly string[], headers?: Readonly<Record<string, string>>) => {
  const seen: number[] = []
  for (const address of addresses) seen.push((await begin(address, headers)).statusCode)
  return seen
}
const refusal = (problem: SignInProblem) => `http://localhost:5173/sign-in?problem=${problem}`

describe('a flood of sign-ins', () => {
  it('S31 from one address is held back with a time to come back; known devices behind it get in, signed in or out', async () => {
    await start({ signInsPerMinute: 4 })
    const [inside, outside] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    await outside.call('DELETE', '/api/session')
    const stranger = server.browser()
    const flood = await statuses(Array(12).fill('127.0.0.1'))
    expect(flood.slice(-8)).toEqual(Array(8).fill(429))
    const held = await stranger.post('/api/sign-in/kite', {})
    expect([held.statusCode, held.json().code, Number(held.headers['retry-after'])]).toEqual([
      429,
      'limit-exceeded',
      expect.toSatisfy((seconds: number) => seconds >= 1 && seconds <= 60),
    ])
    for (const [browser, id] of [
      [inside, 'UK9394'],
      [outside, 'UK1234'],
    ] as const) {
      await browser.signIn(id)
      expect((await browser.get('/api/session')).json().brokerId).toBe(id)
    }
    const refused = server.lines.filter((line) => line.includes('"security":"sign-in-refused"'))
    expect(refused.map((line) => JSON.parse(line).reason)).toContain('too-many-sign-ins')
  })

  it('S31 of one account is held back whatever its device and address; other accounts get in', async () => {
    await start({ signInsPerAccount: 3 })
    for (let count = 0; count < 3; count++) await server.signIn('UK9394')
    const more = server.browser()
    const callback = await more.loginAtBroker('UK9394')
    expect((await more.get(callback)).headers.location).toBe(refusal('too-many-sign-ins'))
    const pasted = new URL(await more.loginAtBroker('UK9394'), 'http://x').searchParams.get('request_token')
    const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret', requestToken: pasted }
    const response = await more.post('/api/sign-in/kite/request-token', keys)
    expect([response.statusCode, response.json().code, Number(response.headers['retry-after']) > 0]).toEqual([
      429,
      'limit-exceeded',
      true,
    ])
    expect((await (await server.signIn('UK1234')).get('/api/session')).statusCode).toBe(200)
    expect((await server.sessions.devices(server.scope('UK9394').brokerId)).length).toBe(3)
  })

  it('S31 from many addresses makes the server forget the oldest counts, so that its memory does not grow', async () => {
    const app = fastify()
    const settings = { https: false, secrets: ['s'.repeat(32)], lifetimeMs: 60_000 }
    await addSessions(app, new MemorySessionStore(), settings)
    addKnownDevices(app, settings)
    await addSignInLimits(app, { perAccount: 1 })
    app.post('/', { config: { rateLimit: { max: 1, timeWindow: 60_000 } } }, async () => 'in')
    const call = async (remoteAddress: string) =>
      (await app.inject({ method: 'POST', url: '/', remoteAddress })).statusCode
    expect([await call('192.0.2.1'), await call('192.0.2.1')]).toEqual([200, 500])
    const others = Array.from({ length: 5000 }, (_, at) => `10.0.${at >> 8}.${at & 255}`)
    for (const address of others) await call(address)
    expect([await call('10.0.19.0'), await call('192.0.2.1')]).toEqual([500, 200])
    await app.close()
  })
})

describe('an address', () => {
  it('S33 is the socket’s, whatever X-Forwarded-For says, while no proxy is trusted', async () => {
    await start({ signInsPerMinute: 2 })
    const seen = []
    for (const spoofed of ['203.0.113.1', '203.0.113.2', '2001:db8::1', '203.0.113.1, 198.51.100.7'])
      seen.push((await begin('192.0.2.1', { 'x-forwarded-for': spoofed })).statusCode)
    expect(seen).toEqual([200, 200, 429, 429])
    expect((await begin('192.0.2.2', { 'x-forwarded-for': '192.0.2.1' })).statusCode).toBe(200)
  })

  it('S33 of IPv6 counts with its whole /64, and one of IPv4 the same however it is written', async () => {
    await start({ signInsPerMinute: 1 })
    const near = ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:DB8:1:2:0:0:0:7']
    expect(await statuses(near)).toEqual([200, 429, 429])
    expect(await statuses(['2001:db8:1:3::1'])).toEqual([200])
    expect(await statuses(['::ffff:192.0.2.9', '192.0.2.9', '192.0.2.10'])).toEqual([200, 429, 200])
  })

  it('S33 is the client’s behind a trusted proxy, and what the client itself claims counts for nothing', async () => {
    await start({ signInsPerMinute: 1, trustProxy: ['127.0.0.1'] })
    const seen = []
    for (const forwarded of [
      '203.0.113.1',
      '203.0.113.2',
      '198.51.100.7, 203.0.113.1',
      '127.0.0.1, 203.0.113.2',
    ])
      seen.push((await begin('127.0.0.1', { 'x-forwarded-for': forwarded })).statusCode)
    expect(seen).toEqual([200, 200, 429, 429])
    // Somebody who comes past the proxy is nobody's proxy.
    expect((await begin('192.0.2.1', { 'x-forwarded-for': '203.0.113.9' })).statusCode).toBe(200)
    expect((await begin('192.0.2.1', { 'x-forwarded-for': '203.0.113.10' })).statusCode).toBe(429)
  })
})

describe('an account that may not come in', () => {
  it('S34 learns neither from the answer nor from the work done for it whether it is disabled or not on the list', async () => {
    await start({ broker: { allowedBrokerIds: new Set(['UK9394', 'UK1234']) } })
    await server.signIn('UK9394')
    await disableAccount(server.scope('UK9394'), new Date())
    const [disabled, unlisted] = [await refusedWays('UK9394'), await refusedWays('UK0001')]
    expect(disabled).toEqual(unlisted)
    expect(disabled.map(({ status, where }) => [status, where])).toEqual([
      [303, refusal('not-allowed')],
      [422, undefined],
      [422, undefined],
    ])
    expect((await (await server.signIn('UK1234')).get('/api/session')).statusCode).toBe(200)
    const reasons = async (brokerId: string) =>
      await server
        .scope(brokerId)
        .read('audit_log')
        .selectFrom('audit_log')
        .select(['detail', 'ip', 'device_id as device'])
        .where('action', '=', 'sign-in-refused')
        .execute()
    const row = (reason: string) => ({ detail: { reason }, ip: '127.0.0.1', device: null })
    expect(await reasons('UK9394')).toEqual(Array(3).fill(row('disabled')))
    expect(await reasons('UK0001')).toEqual(Array(3).fill(row('not-on-the-list')))
    expect(await reasons('UK1234')).toEqual([])
  })
})

/** Signs in by each way; answers what the person sees and what the server asked of its database. */
async function refusedWays(userId: string) {
  const sent = vi.spyOn(pg.Client.prototype, 'query')
  const requestToken = async () => {
    const callback = new URL(await server.browser().loginAtBroker(userId), 'http://x')
    return callback.searchParams.get('request_token')
  }
  const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
  const ways = [
    async (browser: TestBrowser) => await browser.get(await browser.loginAtBroker(userId)),
    async (browser: TestBrowser) =>
      await browser.post('/api/sign-in/kite/request-token', { ...keys, requestToken: await requestToken() }),
    async (browser: TestBrowser) =>
      await browser.post('/api/sign-in/kite/access-token', {
        apiKey: 'demo-key',
        accessToken: await accessTokenOf(await requestToken()),
      }),
  ]
  const seen = []
  for (const way of ways) {
    const browser = server.browser()
    sent.mockClear()
    const response = await way(browser)
    const texts = sent.mock.calls.map(([query]) => textOf(query))
    seen.push({
      status: response.statusCode,
      where: response.headers.location,
      body: response.body.replace(/"requestId":"[^"]*"/, ''),
      cookies: response.cookies.map(({ name }) => name),
      headers: Object.keys(response.headers),
      texts,
    })
  }
  sent.mockRestore()
  return seen
}

/** The text of what was given to pg: a text itself, or an object that holds it. */
function textOf(query: unknown): unknown {
  return typeof query === 'object' && query !== null && 'text' in query ? query.text : query
}

async function accessTokenOf(requestToken: string | null): Promise<string> {
  const client = createKiteClient({ apiUrl: server.simUrl, apiKey: 'demo-key' })
  const login = { requestToken: requestToken ?? '', apiSecret: 'demo-secret' }
  return (await client.exchangeToken(login)).accessToken
}
