import { Signer } from '@fastify/cookie'
import { endpoints } from '@stratdesk/contracts/endpoints'
import { loadConnection } from '@stratdesk/data/connections'
import { randomBytes } from 'node:crypto'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import { addSessions } from '../sign-in/session-plugin.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { signingSecret, startStoreServer, storeKinds, type StoreServer } from '../testing/session-stores.ts'

const unknownId = '01a20677-54d3-7444-baea-5f9d901a9b40'
const day = 24 * 3_600_000

/** A Set-Cookie line, taken apart; attributes without a value are true. */
function parse(line: string) {
  const [pair = '', ...rest] = line.split('; ')
  const attributes = rest.map((part) => {
    const [name = '', value] = part.split('=')
    return [name, value ?? true] as const
  })
  return { name: pair.slice(0, pair.indexOf('=')), attributes: Object.fromEntries(attributes) }
}

describe.each([
  { scheme: 'http', https: false, prefix: '', secure: undefined },
  { scheme: 'https', https: true, prefix: '__Host-', secure: true as const },
])('the cookie over $scheme', ({ scheme, https, prefix, secure }) => {
  let server: TestServer
  beforeAll(async () => {
    const webOrigin = https ? 'https://desk.example.com' : 'http://localhost:5173'
    server = await startTestServer({ https, webOrigin, trustProxy: ['127.0.0.1'] })
  })
  afterAll(() => server.close())

  it('S1 sign-in sets the session cookie with every wall and for 24 hours, and no cookie with fewer walls', async () => {
    const headers = { 'x-forwarded-proto': scheme }
    const browser = server.browser()
    const byRedirect = await browser.get(await browser.loginAtBroker('UK9394'), { headers })
    const pasted = new URL(await server.browser().loginAtBroker('UK9394'), 'http://x').searchParams
    const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
    const requestToken = pasted.get('request_token')
    const byRequestToken = await server
      .browser()
      .post('/api/sign-in/kite/request-token', { ...keys, requestToken }, headers)
    const connection = await loadConnection(server.scope('UK9394'), server.vault)
    const token = { apiKey: 'demo-key', accessToken: connection?.accessToken }
    const byAccessToken = await server.browser().post('/api/sign-in/kite/access-token', token, headers)

    for (const { headers: answer } of [byRedirect, byRequestToken, byAccessToken]) {
      const cookies = [answer['set-cookie'] ?? []].flat().map(parse)
      expect(cookies.filter(({ name }) => name === `${prefix}session`)).toHaveLength(1)
      for (const { name, attributes } of cookies) {
        const { Expires, 'Max-Age': maxAge, ...walls } = attributes
        expect(walls).toEqual({
          Path: '/',
          HttpOnly: true,
          SameSite: 'Lax',
          ...(secure && { Secure: secure }),
        })
        if (name !== `${prefix}session`) continue
        const lasts = maxAge === undefined ? Date.parse(String(Expires)) - Date.now() : Number(maxAge) * 1000
        expect(Math.abs(lasts - day)).toBeLessThan(60_000)
      }
    }
  })

  it('S1 also a cookie that is cleared keeps its walls, or browsers would keep the cookie', async () => {
    const headers = { 'x-forwarded-proto': scheme, cookie: `${prefix}session=not-a-session` }
    const { headers: answer } = await server.browser().get('/api/session', { headers })
    const [cleared] = [answer['set-cookie'] ?? []].flat().map(parse)
    expect(cleared).toMatchObject({ name: `${prefix}session`, attributes: { 'Max-Age': '0' } })
    const { Expires: _, 'Max-Age': __, ...walls } = cleared?.attributes ?? {}
    expect(walls).toEqual({ Path: '/', HttpOnly: true, SameSite: 'Lax', ...(secure && { Secure: secure }) })
  })
})

describe('a session id', () => {
  it('S2 ten thousand ids are unique, and each of their 256 bits is set as often as not', async () => {
    const store = new MemorySessionStore()
    const app = fastify()
    await addSessions(app, store, { https: false, secrets: [signingSecret], lifetimeMs: day })
    app.get('/', async (request) => {
      const made: string[] = []
      for (let count = 0; count < 100; count++) {
        await request.session.regenerate()
        made.push(request.session.sessionId)
      }
      return made
    })
    const ids = new Set<string>()
    const ones = Array.from({ length: 256 }, () => 0)
    for (let count = 0; count < 100; count++)
      for (const id of (await app.inject('/')).json<string[]>()) ids.add(id)
    for (const id of ids) {
      const bytes = Buffer.from(id, 'base64url')
      expect(bytes).toHaveLength(32)
      for (const at of ones.keys()) ones[at] = (ones[at] ?? 0) + (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1)
    }
    expect(ids.size).toBe(10_000)
    // Six standard deviations: by chance once in some two million runs.
    for (const count of ones) expect(Math.abs(count - 5000)).toBeLessThan(300)
    await app.close()
    await store.close()
  })
})

describe.each(storeKinds)('sessions in the $kind store', ({ open }) => {
  let server: StoreServer
  beforeAll(async () => {
    server = await startStoreServer(open)
  })
  afterAll(() => server.close())

  const gets = endpoints.filter(({ method }) => method === 'GET')
  const urlOf = (path: string) => path.replaceAll(/:\w+/g, unknownId)

  it('S3 a GET without a cookie is refused, sets no cookie and writes nothing to the store', async () => {
    const before = [await server.kept.dump(), await server.kept.changes()]
    for (const { path, signedIn, name } of gets) {
      if (name === 'finishKiteSignIn') continue
      const response = await server.browser().get(urlOf(path))
      expect([name, response.headers['set-cookie']]).toEqual([name, undefined])
      if (!signedIn) continue
      expect([name, response.statusCode, response.json().code]).toEqual([name, 401, 'signed-out'])
    }
    for (let count = 0; count < 100; count++) await server.browser().get('/api/session')
    expect([await server.kept.dump(), await server.kept.changes()]).toEqual(before)
  })

  it('S4 an id that the server did not give is refused, however well signed, and is never adopted', async () => {
    const planted = randomBytes(32).toString('base64url')
    const cookie = new Signer(signingSecret).sign(planted)
    const browser = server.browser()
    browser.cookies.set('session', cookie)
    const response = await browser.get('/api/session')
    expect(response.statusCode).toBe(401)
    expect(response.cookies.filter(({ value }) => value !== '')).toEqual([])

    await browser.signIn('UK0401')
    const given = browser.cookies.get('session') ?? ''
    expect([given.length > 43, given.startsWith(planted)]).toEqual([true, false])
    expect((await browser.get('/api/devices')).json().items).toHaveLength(1)
    const attacker = server.browser()
    attacker.cookies.set('session', cookie)
    expect((await attacker.get('/api/session')).statusCode).toBe(401)
  })

  it('S7 a session id anywhere but in its cookie opens nothing', async () => {
    const owner = await server.signIn('UK0701')
    const signed = owner.cookies.get('session') ?? ''
    expect((await owner.get('/api/session')).statusCode).toBe(200)
    const bare = signed.split('.')[0] ?? ''
    for (const value of [signed, bare].map(encodeURIComponent)) {
      const calls = [
        ...['session', 'session_id', 'sessionid', 'sid', 'token', 'access_token', 'cookie'].map((name) => ({
          url: `/api/session?${name}=${value}`,
        })),
        { url: `/api/session;session=${value}` },
        { url: `/api/session/${value}` },
        ...[
          ['authorization', `Bearer ${value}`],
          ['authorization', value],
          ['session', value],
          ['x-session', value],
          ['x-session-id', value],
          ['x-auth-token', value],
          ['x-cookie', `session=${value}`],
          ['cookie2', `session=${value}`],
        ].map(([name = '', text = '']) => ({ url: '/api/session', headers: { [name]: text } })),
      ]
      for (const { url, ...options } of calls) {
        const { statusCode, body } = await server.browser().get(url, options)
        expect([url, options, [401, 404].includes(statusCode)]).toEqual([url, options, true])
        expect(body).not.toContain('UK0701')
      }
      const posted = await server
        .browser()
        .post('/api/runs', { session: value, sessionId: value, token: value })
      expect(posted.statusCode).toBe(401)
    }
  })

  it('S8 a dump of the store holds no session id, and neither store, cookie nor answer a secret of the broker', async () => {
    const browser: TestBrowser = server.browser()
    const callback = await browser.loginAtBroker('UK0801')
    const signIn = await browser.get(callback)
    const answers = [signIn]
    for (const { path, name } of gets) {
      if (name === 'finishKiteSignIn' || name === 'streamEvents') continue
      answers.push(await browser.get(urlOf(path)))
    }
    const signed = browser.cookies.get('session') ?? ''
    const id = signed.split('.')[0] ?? ''
    const connection = await loadConnection(server.scope('UK0801'), server.vault)
    const requestToken = new URL(callback, 'http://x').searchParams.get('request_token') ?? ''
    const { device } = (await browser.get('/api/session')).json()
    const dump = await server.kept.dump()
    // That it is the dump of this store, and these the secrets.
    expect(dump).toContain(device.id)
    expect([id.length, requestToken.length > 10]).toEqual([43, true])
    expect([connection?.apiSecret, (connection?.accessToken ?? '').length > 10]).toEqual([
      'demo-secret',
      true,
    ])

    const sent = answers.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n')
    expect(sent).toContain(id)
    const hexOfId = Buffer.from(id, 'base64url').toString('hex')
    for (const text of [id, signed, hexOfId]) expect(dump).not.toContain(text)
    for (const text of ['demo-secret', connection?.accessToken ?? '', requestToken]) {
      expect(dump).not.toContain(text)
      expect(sent).not.toContain(text)
    }
  })
})
