import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { endpoints } from '@stratdesk/contracts/endpoints'
import { Problem } from '@stratdesk/contracts/problem'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import { dumpDatabase } from '../testing/dump-database.ts'
import { seedRun, seedTrades } from '../testing/seed.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { startStoreServer, storeKinds, type StoreServer } from '../testing/session-stores.ts'

const unknownId = '01a20677-54d3-7444-baea-5f9d901a9b40'
const headersOfAll = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

describe.each([
  { scheme: 'http', https: false, hsts: undefined },
  { scheme: 'https', https: true, hsts: 'max-age=31536000; includeSubDomains' },
])('answers over $scheme', ({ scheme, https, hsts }) => {
  let server: TestServer
  let origin: string
  beforeAll(async () => {
    const webOrigin = https ? 'https://desk.example.com' : 'http://localhost:5173'
    server = await startTestServer({ https, webOrigin, trustProxy: ['127.0.0.1'], signInsPerMinute: 60 })
    await server.app.listen({ port: 0, host: '127.0.0.1' })
    origin = server.app.listeningOrigin
  })
  afterAll(() => server.close())

  const expectHeaders = (what: string, headers: object) => {
    expect([what, headers]).toEqual([what, expect.objectContaining(headersOfAll)])
    expect([what, Reflect.get(headers, 'strict-transport-security')]).toEqual([what, hsts])
    expect([what, Object.keys(headers).includes('x-powered-by'), Reflect.has(headers, 'server')]).toEqual([
      what,
      false,
      false,
    ])
  }
  /** Sends bytes as they are; answers the head of the answer and its body. */
  const raw = async (bytes: string) => {
    // A listening TCP server has an AddressInfo.
    const { port } = server.app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.write(bytes)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    const [status = '', ...lines] = head.split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 2),
      ]),
    )
    return { status: Number(status.split(' ')[1]), headers, body }
  }

  it('S9 every answer carries no-store and the security headers: of every endpoint, signed in or not, asked well or badly', async () => {
    const forwarded = { 'x-forwarded-proto': scheme }
    const browser = server.browser()
    await browser.get(await browser.loginAtBroker('UK0901'), { headers: forwarded })
    const statuses = new Set<number>()
    for (const { method, path, name } of endpoints) {
      if (name === 'streamEvents' || name === 'signOut' || name === 'revokeDevices') continue
      const url = path.replaceAll(/:\w+/g, unknownId)
      const body = method === 'GET' || method === 'DELETE' ? {} : { body: {} }
      for (const [who, caller] of [
        ['signed in', browser],
        ['a stranger', server.browser()],
      ] as const) {
        for (const query of ['', '?no-such-field=1']) {
          const response = await caller.call(method, url + query, { ...body, headers: forwarded })
          statuses.add(response.statusCode)
          expectHeaders(`${name}${query} ${who} ${response.statusCode}`, response.headers)
        }
      }
    }
    expect([...statuses]).toEqual(expect.arrayContaining([200, 303, 400, 401, 404]))
  })

  it('S9 also answers of the framework, of no route and of a fault of ours carry them', async () => {
    const browser = server.browser()
    await browser.get(await browser.loginAtBroker('UK0902'), { headers: { 'x-forwarded-proto': scheme } })
    const json = { 'content-type': 'application/json' }
    const large = { strategyId: 'x'.repeat(65 * 1024) }
    const owner = new pg.Client(server.database.url)
    await owner.connect()
    await owner.query('alter table trades rename column net to gone')
    const fault = await browser.get('/api/trades')
    await owner.query('alter table trades rename column gone to net')
    await owner.end()
    for (const [status, what, response] of [
      [500, 'a fault', fault],
      [404, 'no route of the API', await browser.get('/api/no-such-thing')],
      [404, 'no route', await browser.get('/nowhere')],
      [404, 'another method', await browser.call('PUT', '/api/runs', { body: {} })],
      [404, 'HEAD', await server.app.inject({ method: 'HEAD', url: '/api/session' })],
      [400, 'a malformed address', await browser.get('/api/%zz')],
      [404, 'a long id', await browser.get(`/api/runs/${'x'.repeat(40_000)}`)],
      [413, 'a large body', await browser.post('/api/runs', large)],
      [
        415,
        'another type',
        await browser.call('POST', '/api/runs', { body: 'a', headers: { 'content-type': 'text/plain' } }),
      ],
      [400, 'a body that is no JSON', await browser.call('POST', '/api/runs', { body: '{', headers: json })],
      [403, 'another site', await browser.post('/api/runs', {}, { origin: 'http://evil.example' })],
      [
        204,
        'a preflight',
        await server.app.inject({
          method: 'OPTIONS',
          url: '/api/runs',
          headers: { origin: server.webOrigin, 'access-control-request-method': 'POST' },
        }),
      ],
      [200, 'one asked again', await browser.get('/api/session', { headers: { 'if-none-match': '*' } })],
      [
        200,
        'one asked again by time',
        await browser.get('/api/session', { headers: { 'if-modified-since': new Date().toUTCString() } }),
      ],
      [200, 'the OpenAPI document', await browser.get('/api/openapi.json')],
    ] as const) {
      expect([what, response.statusCode]).toEqual([what, status])
      expectHeaders(what, response.headers)
    }
  })

  it('S9 also what is no request carries them, and says no more than that', async () => {
    const line = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n'
    for (const [bytes, status] of [
      ['This is not HTTP\r\n\r\n', 400],
      [`${line}Bad Header: x\r\n\r\n`, 400],
      [`${line}Cookie: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
      [`${line}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    ] as const) {
      const answer = await raw(bytes)
      expect([bytes.slice(0, 60), answer.status]).toEqual([bytes.slice(0, 60), status])
      expectHeaders(bytes.slice(0, 60), answer.headers)
      expect(Problem.parse(JSON.parse(answer.body)).code).toBe('invalid-request')
      expect(answer.body).not.toMatch(/parse|HPE|stack|node/i)
    }
  })

  it('S9 also the stream of events carries them', async () => {
    const browser = server.browser()
    await browser.get(await browser.loginAtBroker('UK0903'), { headers: { 'x-forwarded-proto': scheme } })
    const stream = await server.events(browser)
    expect(stream.status).toBe(200)
    expectHeaders('a stream', { ...stream.headers, 'cache-control': 'no-store' })
    expect(stream.headers['cache-control']).toBe('no-store, no-transform')
    stream.close()
    const refused = await fetch(`${origin}/api/events`)
    expect(refused.status).toBe(401)
    expectHeaders('a refused stream', Object.fromEntries(refused.headers))
  })

  it('S9 also the refusal of whoever asks too often carries them', async () => {
    const stranger = server.browser()
    let response = await stranger.post('/api/sign-in/kite', {})
    for (let count = 0; count < 100 && response.statusCode === 200; count++)
      response = await stranger.post('/api/sign-in/kite', {})
    expect(response.statusCode).toBe(429)
    expectHeaders('too often', response.headers)
  })
})

describe.each(storeKinds)('reading, with sessions in the $kind store', ({ open }) => {
  let server: StoreServer
  let browser: TestBrowser
  beforeAll(async () => {
    server = await startStoreServer(open)
    browser = await server.signIn('UK2901')
  })
  afterAll(() => server.close())

  /** What a call needs to be answered with 200. */
  const queries: Readonly<Record<string, string>> = {
    searchInstruments: 'query=spx',
    listCandles: 'instrument=SIM:SPX500&interval=1m',
    listTrades: 'limit=1',
    getPerformance: 'period=all',
    getEquity: 'period=all',
  }

  it('S29 every GET, asked twice, leaves database and sessions as they were', async () => {
    const scope = server.scope('UK2901')
    const runId = await seedRun(scope, 'A run')
    await seedTrades(scope, runId, [{ exitAt: new Date(), net: '9' }])
    await server.market.noteInstrumentsRead(new Date())
    const seen = async () => [await dumpDatabase(server.database.url), await server.kept.changes()] as const
    const before = await seen()
    expect(before[0]['public.trades']).toHaveLength(1)
    for (const { method, path, name } of endpoints) {
      // The way back from the broker is a GET because the broker's page sends the browser here; S28 guards it.
      if (method !== 'GET' || name === 'finishKiteSignIn') continue
      const url = `${path.replaceAll(/:\w+/g, runId)}?${queries[name] ?? ''}`
      for (let count = 0; count < 2; count++) {
        if (name === 'streamEvents') {
          const stream = await server.events(browser)
          expect(stream.status).toBe(200)
          stream.close()
          await stream.ended
        } else {
          const { statusCode, body } = await browser.get(url)
          expect([url, statusCode, statusCode === 200 ? '' : body]).toEqual([url, 200, ''])
          await server.browser().get(url)
        }
      }
      expect([name, await seen()]).toEqual([name, before])
    }
    expect(server.requested).toEqual([])
  })
})
