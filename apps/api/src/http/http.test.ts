import { endpoints } from '@stratdesk/contracts/endpoints'
import { Problem } from '@stratdesk/contracts/problem'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
let one: TestBrowser
const routes: string[] = []
beforeAll(async () => {
  server = await startTestServer({
    onRoute: ({ method, url }) => void routes.push(...[method].flat().map((name) => `${name} ${url}`)),
  })
  one = await server.signIn('UK9394')
})
afterAll(() => server.close())

const problem = (response: { json(): unknown }) => Problem.parse(response.json())

describe('the OpenAPI document', () => {
  it('has every route of the API and nothing else', async () => {
    const { paths } = (await one.get('/api/openapi.json')).json<{ paths: Record<string, object> }>()
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    )
    const aboutItself = /\/api\/(docs|openapi\.json)|^GET \/metrics$|^OPTIONS \*$/
    expect(routes.filter((route) => !aboutItself.test(route)).toSorted()).toEqual(documented.toSorted())
    expect(documented).toHaveLength(endpoints.length)
  })

  it('says for each call what it takes and that it may be refused with a Problem', async () => {
    const { openapi, paths } = (await server.browser().get('/api/openapi.json')).json()
    expect(openapi).toBe('3.1.0')
    expect(paths['/api/runs/{id}/stop'].post).toMatchObject({
      operationId: 'stopRun',
      security: [{ session: [] }],
      parameters: [
        { name: 'id', in: 'path', required: true },
        { name: 'if-match', in: 'header', required: true },
      ],
      requestBody: { content: { 'application/json': { schema: { required: ['flatten'] } } } },
      responses: { 202: {}, default: { content: { 'application/problem+json': {} } } },
    })
  })

  it('has a page that loads nothing from elsewhere and whose own scripts alone may run', async () => {
    const page = await server.browser().get('/api/docs/')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]+';/)
    expect(page.body).not.toMatch(/(src|href)="https?:/)
    const script = await server.browser().get('/api/docs/js/scalar.js')
    expect(script.statusCode).toBe(200)
    expect(script.rawPayload.length).toBeGreaterThan(1_000_000)
    expect((await server.browser().get('/api/docs')).headers.location).toBe('/api/docs/')
  })
})

describe('a body', () => {
  it('over 64 KiB is refused before it is read', async () => {
    const response = await one.post('/api/runs', { strategyId: 'x'.repeat(65 * 1024) })
    expect([response.statusCode, problem(response).code]).toEqual([413, 'payload-too-large'])
    const whole = await one.post(
      '/api/runs',
      { strategyId: 'x'.repeat(60 * 1024) },
      { 'idempotency-key': 'long-body' },
    )
    expect(whole.statusCode).toBe(400)
  })

  it('that is not JSON by its text is refused, as is one that would change prototypes', async () => {
    for (const body of ['{', '', '{"a":1}}', '[1,', '{"__proto__":{"x":1}}']) {
      const response = await one.call('POST', '/api/runs', { body })
      expect([body, response.statusCode, problem(response).code]).toEqual([body, 400, 'invalid-request'])
    }
  })

  it('that is nested without end is refused, not failed on', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      for (const depth of [40, 5000, 10_000]) {
        const value = `${open.repeat(depth)}1${close.repeat(depth)}`
        const body = `{"strategyId":"ema-crossover","mode":"paper","params":{"quantity":${value}}}`
        const response = await one.call('POST', '/api/runs', {
          body,
          headers: { 'idempotency-key': 'nested-1' },
        })
        expect([depth, response.statusCode, problem(response).fields]).toEqual([
          depth,
          400,
          [{ path: expect.stringMatching(/^params\.quantity/), message: 'Nested too deeply' }],
        ])
      }
    }
  })

  it('that is missing or of the wrong shape is refused with its fields', async () => {
    for (const body of ['null', '[]', '"text"', '7', 'true']) {
      const response = await one.call('POST', '/api/sign-in/kite', { body })
      expect([body, response.statusCode]).toEqual([body, 400])
    }
  })
})

describe('what a contract does not name', () => {
  it('is refused in every query', async () => {
    for (const { method, name, path } of endpoints) {
      if (name === 'finishKiteSignIn') continue
      const url = path.replace(':id', '01a20677-54d3-7444-baea-5f9d901a9b40')
      const response = await one.call(method, `${url}?no-such-field=1`, method === 'POST' ? { body: {} } : {})
      expect([name, response.statusCode, problem(response).fields]).toEqual([
        name,
        400,
        expect.arrayContaining([{ path: 'query.no-such-field', message: 'Unknown field' }]),
      ])
    }
    expect((await one.get('/api/session')).statusCode).toBe(200)
  })

  it('is refused as a body where there is none', async () => {
    for (const [path, body] of [
      ['/api/session', { everywhere: true }],
      ['/api/devices?scope=all', { scope: 'others' }],
      ['/api/devices/01a20677-54d3-7444-baea-5f9d901a9b40', [1]],
      ['/api/session', null],
    ] as const) {
      const response = await one.call('DELETE', path, { body })
      expect([path, response.statusCode, problem(response).code]).toEqual([path, 400, 'invalid-request'])
    }
    expect((await one.get('/api/session')).statusCode).toBe(200)
  })
})

describe('an id that is none', () => {
  it('answers like one that does not exist, however long or odd', async () => {
    const answer = async (id: string) => {
      const response = await one.get(`/api/runs/${id}`)
      return [response.statusCode, { ...problem(response), requestId: '' }]
    }
    const unknown = await answer('01a20677-54d3-7444-baea-5f9d901a9b40')
    expect(unknown[0]).toBe(404)
    for (const id of [
      'x',
      'x'.repeat(65),
      'x'.repeat(101),
      'x'.repeat(10_000),
      'x'.repeat(40_000),
      '%00',
      'a%00b',
    ])
      expect([id.slice(0, 9), ...(await answer(id))]).toEqual([id.slice(0, 9), ...unknown])
  })
})

describe('every answer', () => {
  it('that refuses is a Problem with the id of the request', async () => {
    const response = await one.get('/api/no-such-thing')
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(problem(response)).toEqual({
      code: 'not-found',
      message: 'There is nothing at this address',
      requestId: expect.stringMatching(/^[\w-]{8}-\w+$/),
    })
    expect(problem(await one.get('/api/%zz')).code).toBe('invalid-request')
    expect((await one.call('PUT', '/api/runs', { body: {} })).statusCode).toBe(404)
  })

  it('over https binds the cookie to the host and asks browsers to stay on https', async () => {
    const secure = await startTestServer({
      https: true,
      webOrigin: 'https://desk.example.com',
      trustProxy: ['127.0.0.1'],
    })
    const browser = secure.browser()
    const started = await browser.post('/api/sign-in/kite', {}, { 'x-forwarded-proto': 'https' })
    expect(started.headers['set-cookie']).toMatch(
      /^__Host-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(started.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    const callback = await browser.loginAtBroker('UK9394')
    const response = await browser.get(callback, { headers: { 'x-forwarded-proto': 'https' } })
    expect(response.headers['set-cookie']?.toString()).toMatch(
      /__Host-session=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax/,
    )
    await secure.close()
  })
})

describe('when something breaks', () => {
  it('a fault of ours is a 500 that tells the driver’s words to the log alone', async () => {
    const broken = await startTestServer()
    const browser = await broken.signIn('UK9394')
    const owner = new pg.Client(broken.database.url)
    await owner.connect()
    await owner.query('alter table trades rename column net to gone')
    await owner.end()
    const response = await browser.get('/api/trades')
    expect([response.statusCode, problem(response).code]).toEqual([500, 'internal'])
    expect(response.body).not.toMatch(/column|net|select/)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(broken.lines.join('')).toContain(problem(response).requestId)
    expect((await browser.get('/api/orders')).statusCode).toBe(200)
    await broken.close()
  })

  it('a database that is away is a 503 with a time to come back, then all is well again', async () => {
    const cut = await startTestServer()
    const browser = await cut.signIn('UK9394')
    const callback = await browser.loginAtBroker('UK9394')
    cut.way.cut()
    const began = Date.now()
    const response = await browser.get('/api/trades')
    expect([response.statusCode, problem(response).code, response.headers['retry-after']]).toEqual([
      503,
      'unavailable',
      '1',
    ])
    expect(Date.now() - began).toBeLessThan(3000)
    expect((await browser.get('/healthz')).json()).toEqual({ status: 'ok' })
    const ready = await browser.get('/readyz')
    expect([ready.statusCode, ready.json().checks.database]).toEqual([
      503,
      { ok: false, message: 'Does not answer' },
    ])
    expect((await browser.get(callback)).headers.location).toContain('problem=unavailable')
    cut.way.mend()
    await vi.waitFor(async () => expect((await cut.browser().get('/readyz')).statusCode).toBe(200))
    expect((await browser.get('/api/trades')).statusCode).toBe(200)
    expect((await (await cut.signIn('UK9394')).get('/api/trades')).statusCode).toBe(200)
    await cut.close()
  })
})
