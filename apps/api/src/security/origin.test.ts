import { endpoints } from '@stratdesk/contracts/endpoints'
import { Problem } from '@stratdesk/contracts/problem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser
beforeAll(async () => {
  server = await startTestServer()
  ;[one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
})
afterAll(() => server.close())

type Headers = Readonly<Record<string, string>>
const problem = (response: { json(): unknown }) => Problem.parse(response.json())
const changes = endpoints.filter(({ method }) => method !== 'GET')
const pathOf = (path: string) => path.replace(':id', '01a20677-54d3-7444-baea-5f9d901a9b40')

/** What another site's page could have a signed-in browser send: the cookies are there, our own page's headers are not. */
const foreign: readonly Headers[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { origin: 'http://evil.example' },
  { origin: 'http://localhost:5173.evil.example' },
  { origin: 'https://localhost:5173' },
  { origin: 'null' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost:9999' },
  {},
]
const own: readonly Headers[] = [
  { 'sec-fetch-site': 'same-origin' },
  { origin: 'http://localhost:5173' },
  { 'sec-fetch-site': 'same-site', origin: 'http://localhost:5173' },
]
const send = (method: string, url: string, headers: Headers, payload?: string) =>
  server.app.inject({
    method: method === 'PUT' ? 'PUT' : method === 'PATCH' ? 'PATCH' : method === 'POST' ? 'POST' : 'DELETE',
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  })

describe('a page of another site', () => {
  it('S26 an unsafe method from another site is refused: every call that changes anything, by any of its headers', async () => {
    for (const { method, path } of changes) {
      for (const headers of foreign) {
        const response = await send(method, pathOf(path), { cookie: one.cookieHeader, ...headers })
        expect([method, path, headers, response.statusCode, problem(response).code]).toEqual([
          method,
          path,
          headers,
          403,
          'cross-origin',
        ])
      }
    }
    for (const browser of [one, two]) expect((await browser.get('/api/session')).statusCode).toBe(200)
    for (const headers of own) {
      const response = await send('DELETE', '/api/devices/x', { cookie: one.cookieHeader, ...headers })
      expect([headers, response.statusCode]).toEqual([headers, 404])
    }
  })

  it('S28 a sign-in started from another site is refused, and binds no login to the browser', async () => {
    for (const headers of foreign.slice(0, -1)) {
      const json = { ...headers, 'content-type': 'application/json' }
      const response = await send('POST', '/api/sign-in/kite', json, '{}')
      expect([headers, response.statusCode, response.headers['set-cookie']]).toEqual([
        headers,
        403,
        undefined,
      ])
    }
  })

  it('S27 a body of a type that a form can send is refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'text/plain; application/json',
    ]) {
      for (const [browser, path] of [
        [one, '/api/runs'],
        [two, '/api/sign-in/kite'],
      ] as const) {
        const response = await browser.call('POST', path, { body: '{}', headers: { 'content-type': type } })
        const seen = [type, path, response.statusCode, problem(response).code]
        expect(seen).toEqual([type, path, 415, 'unsupported-media-type'])
      }
    }
  })

  it('S30 may not read an answer nor ask leave to, and may embed none; the web app may, with its cookies', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://localhost:5173.evil.example']) {
      const preflight = {
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'if-match',
      }
      for (const response of [
        await one.get('/api/session', { headers: { origin } }),
        await one.get('/api/trades.csv', { headers: { origin } }),
        await one.get('/api/no-such-thing', { headers: { origin } }),
        await one.call('OPTIONS', '/api/session', { headers: { origin, ...preflight } }),
      ]) {
        expect(response.headers['access-control-allow-origin']).toBeUndefined()
        expect(response.headers['cross-origin-resource-policy']).toBe('same-origin')
      }
    }
    const answer = await two.get('/api/session')
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:5173',
      'access-control-allow-credentials': 'true',
      vary: expect.stringContaining('Origin'),
    })
    const asked = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,if-match',
    }
    const preflight = await two.call('OPTIONS', '/api/runs/x/stop', { headers: asked })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers['access-control-allow-headers']).toBe('content-type,if-match')
  })
})
