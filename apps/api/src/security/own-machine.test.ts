import { Problem } from '@stratdesk/contracts/problem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTinyWeb } from '../isolation/tiny-web.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'

const webOrigin = 'http://localhost:8080'
let web: Awaited<ReturnType<typeof buildTinyWeb>>
let server: TestServer
beforeAll(async () => {
  web = await buildTinyWeb()
  server = await startTestServer({ ownMachineOnly: true, webOrigin, webDir: web.dir })
})
afterAll(async () => {
  await server.close()
  await web.remove()
})

const paths = ['/', '/sign-in', '/healthz', '/readyz', '/metrics', '/api/session', '/api/events', '/api/none']

describe('a server that was told no address', () => {
  it('answers the browsers of its machine, by all names of loopback', async () => {
    const [anna, ben] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    for (const host of ['localhost', 'localhost:8080', '127.0.0.1:8080', '127.0.0.2', '[::1]:8080']) {
      for (const browser of [anna, ben])
        expect((await browser.get('/api/session', { headers: { host } })).statusCode).toBe(200)
      expect((await server.app.inject({ url: '/', headers: { host } })).statusCode).toBe(200)
    }
  })

  it.each([
    { host: 'desk.example.com' },
    { host: 'localhost.example.com' },
    { host: '192.0.2.7:8080' },
    { 'x-forwarded-for': '192.0.2.9' },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded-host': 'desk.example.com' },
    { forwarded: 'for=192.0.2.9' },
    { 'x-real-ip': '192.0.2.9' },
    { via: '1.1 proxy' },
    { origin: 'https://desk.example.com' },
  ])('refuses a call with %j, whatever it asks for, and gives no cookie', async (headers) => {
    for (const url of paths) {
      const answer = await server.app.inject({ url, headers })
      expect([url, answer.statusCode, Problem.parse(answer.json()).code]).toEqual([url, 421, 'misdirected'])
      expect(answer.headers['set-cookie']).toBeUndefined()
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    }
    const began = await server.app.inject({
      method: 'POST',
      url: '/api/sign-in/kite',
      headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers },
      payload: '{}',
    })
    expect([began.statusCode, began.headers['set-cookie']]).toEqual([421, undefined])
  })
})

it('a server that was told its address answers behind its proxy', async () => {
  const told = await startTestServer({ webOrigin: 'https://desk.example.com', https: true })
  const headers = { host: 'desk.example.com', 'x-forwarded-for': '192.0.2.9' }
  expect((await told.app.inject({ url: '/healthz', headers })).statusCode).toBe(200)
  await told.close()
})
