import { loadConnection } from '@stratdesk/data/connections'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { brokerRedirect } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('signing in by redirect', () => {
  it('lets two users in, each with their own account and device', async () => {
    const [one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    const [first, second] = [(await one.get('/api/session')).json(), (await two.get('/api/session')).json()]
    expect(first).toMatchObject({ brokerId: 'UK9394', device: { label: 'Chrome on Linux' } })
    expect(first.connection).toMatchObject({
      status: expect.stringMatching(/^(connected|expiring)$/),
      renewedBy: 'Chrome on Linux',
      simulated: true,
    })
    expect(second.brokerId).toBe('UK1234')
    expect(second.device.id).not.toBe(first.device.id)
  })

  it('S5 signing in again gives a new session id and ends the old one; the browser stays the same device', async () => {
    const browser = await server.signIn('UK9394')
    const before = { cookie: browser.cookieHeader, session: (await browser.get('/api/session')).json() }
    await browser.signIn('UK9394')
    expect(browser.cookieHeader).not.toBe(before.cookie)
    expect((await browser.get('/api/session')).json().device).toEqual(before.session.device)
    const replay = await server.browser().get('/api/session', { headers: { cookie: before.cookie } })
    expect(replay.statusCode).toBe(401)
  })

  it('twice at once from one browser leaves one session of its device', async () => {
    const browser = await server.signIn('UK0031')
    const callbacks = [await browser.loginAtBroker('UK0031'), await browser.loginAtBroker('UK0031')]
    const cookie = browser.cookieHeader
    const tabs = [server.browser(), server.browser()]
    await Promise.all(tabs.map((tab, at) => tab.get(callbacks[at] ?? '', { headers: { cookie } })))
    const statuses = await Promise.all(tabs.map(async (tab) => (await tab.get('/api/session')).statusCode))
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401])
    const signedIn = tabs[statuses.indexOf(200)]
    expect((await signedIn?.get('/api/devices'))?.json().items).toHaveLength(1)
  })

  it('writes an audit row, keeps the token encrypted and brings the instrument list', async () => {
    const scope = server.scope('UK1234')
    const audit = await scope
      .read('audit_log')
      .selectFrom('audit_log')
      .select(['action', 'device_label'])
      .execute()
    expect(audit).toContainEqual({ action: 'signed-in', device_label: 'Chrome on Linux' })
    const row = await scope
      .read('broker_connections')
      .selectFrom('broker_connections')
      .selectAll()
      .executeTakeFirstOrThrow()
    expect(row.access_token_encrypted?.toString('latin1')).not.toContain('UK1234')
    expect(row.api_secret_encrypted?.toString('latin1')).not.toContain('demo-secret')
    expect(await server.market.instrument('SIM:SPX500')).toMatchObject({ lot_size: 1 })
  })

  it('puts no secret into an answer, a log line or the session store', async () => {
    const kept = vi.spyOn(server.sessions, 'set')
    const browser = server.browser()
    const callback = await browser.loginAtBroker('UK9394')
    const response = await browser.get(callback)
    const { device } = (await browser.get('/api/session')).json()
    const stored = JSON.stringify(kept.mock.calls)
    kept.mockRestore()
    const requestToken = new URL(callback, 'http://x').searchParams.get('request_token') ?? ''
    const id = (browser.cookies.get('session') ?? '').split('.')[0] ?? ''
    const everything = `${response.body}${JSON.stringify(response.headers['location'])}${server.lines.join('')}`
    expect(requestToken.length).toBeGreaterThan(10)
    const accessToken = await tokenOf(server, 'UK9394')
    expect([id.length, accessToken.length > 10]).toEqual([43, true])
    // Keys and sessions, as the store was given them.
    expect(stored).toContain(device.id)
    for (const secret of [requestToken, accessToken, 'demo-secret', id]) {
      expect(everything).not.toContain(secret)
      expect(stored).not.toContain(secret)
    }
  })
})

describe('a callback that is not right', () => {
  const ending = async (path: string, browser = server.browser()) => {
    const response = await browser.get(path)
    expect(response.statusCode).toBe(303)
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    return String(response.headers.location).replace('http://localhost:5173/sign-in?problem=', '')
  }

  it('S28 a callback with a wrong or missing state is refused without a session', async () => {
    const browser = server.browser()
    const callback = new URL(await browser.loginAtBroker('UK9394'), 'http://x')
    callback.searchParams.set('state', 'a'.repeat(43))
    expect(await ending(`${callback.pathname}${callback.search}`, browser)).toBe('state-mismatch')
    callback.searchParams.delete('state')
    expect(await ending(`${callback.pathname}${callback.search}`, browser)).toBe('state-mismatch')
  })

  it('S28 a callback with the state of another browser is refused without a session, and does not spoil that browser’s', async () => {
    const victim = server.browser()
    const callback = await victim.loginAtBroker('UK9394')
    const attacker = server.browser()
    await attacker.loginAtBroker('UK1234')
    expect(await ending(callback, attacker)).toBe('state-mismatch')
    expect((await victim.get(callback)).headers.location).toBe('http://localhost:5173/')
  })

  it('does not spoil a login that another tab of the browser has begun', async () => {
    const browser = server.browser()
    const [one, two] = [await browser.loginAtBroker('UK0032'), await browser.loginAtBroker('UK0032')]
    expect((await browser.get(one)).headers.location).toBe('http://localhost:5173/')
    expect((await browser.get(two)).headers.location).toBe('http://localhost:5173/')
  })

  it('S28 a callback that is replayed is refused without a session', async () => {
    const browser = server.browser()
    const callback = await browser.loginAtBroker('UK9394')
    const nonce = browser.cookieHeader
    await browser.get(callback)
    const replay = await server.browser().get(callback, { headers: { cookie: nonce } })
    expect(replay.headers.location).toContain('state-mismatch')
    expect(replay.cookies.filter((cookie) => cookie.name === 'session' && cookie.value)).toEqual([])
  })

  it.each([
    'state=a&state=b',
    `state=${'a'.repeat(257)}`,
    'state=%00',
    'state=%ff%fe',
    'state=',
    'request_token[]=x',
    'status=success&status=success',
    `request_token=${'a'.repeat(300)}`,
    'x=%00',
    '',
  ])('S28 a callback with nonsense (%j) is refused without a session', async (query) => {
    expect(await ending(`/api/sign-in/kite/callback?${query}`)).toBe('state-mismatch')
  })

  it('too often from one address goes back too, and never shows JSON', async () => {
    const limited = await startTestServer({ signInsPerMinute: 3 })
    const browser = limited.browser()
    const seen = []
    for (let count = 0; count < 6; count++) seen.push(await browser.get('/api/sign-in/kite/callback?state=x'))
    expect(seen.map(({ statusCode, headers }) => [statusCode, headers.location])).toEqual([
      ...Array(3).fill([303, 'http://localhost:5173/sign-in?problem=state-mismatch']),
      ...Array(3).fill([303, 'http://localhost:5173/sign-in?problem=too-many-sign-ins']),
    ])
    expect(seen.at(-1)?.headers['cache-control']).toBe('no-store')
    await limited.close()
  })

  it('of a denied login says so', async () => {
    const browser = server.browser()
    expect(await ending(await browser.loginAtBroker('UK9394', { decision: 'cancel' }), browser)).toBe(
      'denied',
    )
  })

  it('with a request token that was used says that it has expired', async () => {
    const [first, second] = [server.browser(), server.browser()]
    const used = new URL(await first.loginAtBroker('UK9394'), 'http://x')
    await first.get(`${used.pathname}${used.search}`)
    const callback = new URL(await second.loginAtBroker('UK9394'), 'http://x')
    callback.searchParams.set('request_token', used.searchParams.get('request_token') ?? '')
    expect(await ending(`${callback.pathname}${callback.search}`, second)).toBe('token-expired')
  })

  it('S28 a callback ten minutes late is refused without a session', async () => {
    let ahead = 0
    const late = await startTestServer({ now: () => Date.now() + ahead })
    const browser = late.browser()
    const callback = await browser.loginAtBroker('UK9394')
    ahead = 10 * 60_000 + 1
    expect((await browser.get(callback)).headers.location).toContain('state-mismatch')
    await late.close()
  })
})

describe('a broker id that is not on the list', () => {
  it('is refused after the broker vouched for it, and nothing is stored', async () => {
    const listed = await startTestServer({ broker: { allowedBrokerIds: new Set(['UK9394']) } })
    const browser = listed.browser()
    const response = await browser.get(await browser.loginAtBroker('UK1234'))
    expect(response.headers.location).toContain('problem=not-allowed')
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    expect(await accountsOf(listed)).toEqual([])
    await listed.signIn('UK9394')
    expect(await accountsOf(listed)).toEqual(['UK9394'])
    await listed.close()
  })
})

describe('a broker that does not answer', () => {
  it('ends every way of signing in with a reason and a retry, and nothing is stored', async () => {
    const cut = await startTestServer({ broker: { apiUrl: 'http://127.0.0.1:9' } })
    const browser = cut.browser()
    const callback = await browser.loginAtBroker('UK9394')
    expect((await browser.get(callback)).headers.location).toContain('problem=broker-unavailable')
    const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
    const pasted = await browser.post('/api/sign-in/kite/request-token', { ...keys, requestToken: 'abcdef' })
    expect([pasted.statusCode, pasted.json().code]).toEqual([502, 'broker-unavailable'])
    expect(pasted.headers['retry-after']).toBe('5')
    const token = { apiKey: 'demo-key', accessToken: 'abcdef' }
    expect((await browser.post('/api/sign-in/kite/access-token', token)).statusCode).toBe(502)
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    expect(await accountsOf(cut)).toEqual([])
    await cut.close()
  })
})

describe('pasting tokens', () => {
  const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }

  it('signs in with a request token, and with the access token of that login', async () => {
    const browser = server.browser()
    const callback = new URL(await browser.loginAtBroker('UK1234'), 'http://x')
    const requestToken = callback.searchParams.get('request_token')
    const signedIn = await server.browser().post('/api/sign-in/kite/request-token', { ...keys, requestToken })
    expect([signedIn.statusCode, signedIn.json().brokerId]).toEqual([200, 'UK1234'])

    const accessToken = await tokenOf(server, 'UK1234')
    const other = server.browser()
    const again = await other.post('/api/sign-in/kite/access-token', { apiKey: 'demo-key', accessToken })
    expect([again.statusCode, again.json().brokerId]).toEqual([200, 'UK1234'])
    expect((await other.get('/api/session')).json().brokerId).toBe('UK1234')
  })

  it('of an access token alone keeps the stored secret of that app, and no other’s', async () => {
    const keyless = await startTestServer({ broker: { serverKeys: undefined } })
    const stored = async () => {
      const connection = await loadConnection(keyless.scope('UK1234'), keyless.vault)
      return [connection?.apiKey, connection?.apiSecret]
    }
    const browser = keyless.browser()
    const started = await browser.post('/api/sign-in/kite', keys)
    const callback = await brokerRedirect(keyless.simUrl, new URL(started.json().loginUrl), 'UK1234')
    await browser.get(callback)
    const accessToken = await tokenOf(keyless, 'UK1234')
    const pasted = { apiKey: 'demo-key', accessToken }
    expect((await browser.post('/api/sign-in/kite/access-token', pasted)).statusCode).toBe(200)
    expect(await stored()).toEqual(['demo-key', 'demo-secret'])
    await keyless.scope('UK1234').update('broker_connections').set({ api_key: 'earlier-key' }).execute()
    expect((await browser.post('/api/sign-in/kite/access-token', pasted)).statusCode).toBe(200)
    expect(await stored()).toEqual(['demo-key', null])
    await keyless.close()
  })

  it('is refused in plain words when the token or the secret is wrong', async () => {
    const browser = server.browser()
    const wrongToken = await browser.post('/api/sign-in/kite/request-token', {
      ...keys,
      requestToken: 'nonsense',
    })
    expect([wrongToken.statusCode, wrongToken.json().code]).toEqual([422, 'broker-refused'])
    const callback = new URL(await browser.loginAtBroker('UK1234'), 'http://x')
    const requestToken = callback.searchParams.get('request_token')
    const wrong = { apiKey: 'demo-key', apiSecret: 'not-the-secret', requestToken }
    const wrongSecret = await browser.post('/api/sign-in/kite/request-token', wrong)
    expect([wrongSecret.statusCode, wrongSecret.json().message]).toEqual([
      422,
      expect.stringContaining('keys'),
    ])
    expect((await browser.get('/api/session')).statusCode).toBe(401)
  })

  it('names the fields that are missing or not known', async () => {
    const response = await server
      .browser()
      .post('/api/sign-in/kite/request-token', { apiKey: 'x', brokerId: 'UK1' })
    expect(response.statusCode).toBe(400)
    const paths = response.json<{ fields: { path: string }[] }>().fields.map((field) => field.path)
    expect(paths.toSorted()).toEqual(['apiKey', 'apiSecret', 'brokerId', 'requestToken'])
  })
})

describe('a server with keys of its own', () => {
  it('takes no token of another app, and does not even ask the broker about it', async () => {
    const asked = vi.spyOn(globalThis, 'fetch')
    const browser = server.browser()
    const token = { apiKey: 'other-key', accessToken: 'abcdef' }
    const keys = { apiKey: 'other-key', apiSecret: 'other-secret' }
    for (const [path, body] of [
      ['/api/sign-in/kite', keys],
      ['/api/sign-in/kite/request-token', { ...keys, requestToken: 'abcdef' }],
      ['/api/sign-in/kite/access-token', token],
    ] as const) {
      const response = await browser.post(path, body)
      expect([path, response.statusCode, response.json()]).toEqual([
        path,
        422,
        expect.objectContaining({
          code: 'broker-refused',
          message: 'This server signs in with its own Kite app; use the API key of that app',
        }),
      ])
    }
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
    const written = server.lines.filter((line) => line.includes('"reason":"another-app"'))
    expect(written.map((line) => JSON.parse(line).security)).toEqual(Array(3).fill('sign-in-refused'))
    const own = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
    expect((await browser.post('/api/sign-in/kite', own)).statusCode).toBe(200)
  })
})

describe('a server without keys of its own', () => {
  it('asks for the API key and secret', async () => {
    const keyless = await startTestServer({ broker: { serverKeys: undefined } })
    const browser = keyless.browser()
    expect((await browser.get('/api/sign-in/options')).json()).toEqual({ serverKey: false, demo: true })
    const refused = await browser.post('/api/sign-in/kite', { apiKey: 'demo-key' })
    expect(refused.json()).toMatchObject({ code: 'invalid-request', fields: [{ path: 'apiSecret' }] })
    const started = await browser.post('/api/sign-in/kite', { apiKey: 'demo-key', apiSecret: 'demo-secret' })
    expect(new URL(started.json().loginUrl).searchParams.get('api_key')).toBe('demo-key')
    await keyless.close()
  })
})

async function accountsOf({ database }: TestServer): Promise<string[]> {
  const client = new pg.Client(database.url)
  await client.connect()
  const { rows } = await client.query<{ broker_id: string }>(
    'select broker_id from broker_accounts order by 1',
  )
  await client.end()
  return rows.map((row) => row.broker_id)
}

async function tokenOf({ scope, vault }: TestServer, brokerId: string): Promise<string> {
  const connection = await loadConnection(scope(brokerId), vault)
  return connection?.accessToken ?? ''
}
