import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ProblemError } from '../../http/problem.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'
import { signInWithKeys } from '../../testing/sign-in-with-keys.ts'

let server: TestServer
let owner: pg.Client
beforeAll(async () => {
  server = await startTestServer()
  owner = new pg.Client(server.database.url)
  await owner.connect()
  await owner.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no commit' using errcode = '57014'; end $$`)
})
afterAll(async () => {
  await owner.end()
  await server.close()
})
afterEach(() => owner.query('drop trigger if exists refuse on audit_log'))

/** Makes every transaction that writes an audit row fail when it commits, not before. */
const failCommits = () =>
  owner.query(`create constraint trigger refuse after insert on audit_log
    deferrable initially deferred for each row execute function refuse()`)
const auditOf = async (brokerId: string) =>
  await server.scope(brokerId).read('audit_log').selectFrom('audit_log').select('action').execute()

describe('when the database does not commit', () => {
  it('a revoked device stays signed in, as the answer says', async () => {
    const [here, there] = [await server.signIn('UK9394'), await server.signIn('UK9394')]
    const target = (await there.get('/api/session')).json<{ device: { id: string } }>().device.id
    const before = await auditOf('UK9394')
    await failCommits()
    const response = await here.call('DELETE', `/api/devices/${target}`)
    expect([response.statusCode, response.json().message]).toEqual([
      503,
      expect.stringContaining('nothing was changed'),
    ])
    expect((await there.get('/api/session')).statusCode).toBe(200)
    expect(await auditOf('UK9394')).toEqual(before)
  })

  it('signing in again leaves the browser with the session it had, and puts nobody out', async () => {
    const browsers = []
    for (let count = 0; count < 20; count++) browsers.push(await server.signIn('UK1234'))
    const [first] = browsers
    const renewing = browsers[1]
    const callback = await renewing?.loginAtBroker('UK1234')
    const newcomer = server.browser()
    const theirs = await newcomer.loginAtBroker('UK1234')
    await failCommits()
    for (const response of [await renewing?.get(callback ?? ''), await newcomer.get(theirs)])
      expect(response?.headers.location).toContain('problem=unavailable')
    expect((await renewing?.get('/api/session'))?.statusCode).toBe(200)
    expect((await first?.get('/api/session'))?.statusCode).toBe(200)
    expect((await newcomer.get('/api/session')).statusCode).toBe(401)
  })

  it('that devices are forgotten, the other devices stay signed in, as the answer says', async () => {
    const [here, there, past] = [
      await server.signIn('UK0041'),
      await server.signIn('UK0041'),
      await server.signIn('UK0041'),
    ]
    const stranger = await server.signIn('UK0042')
    const { device } = (await past.get('/api/session')).json<{ device: { id: string } }>()
    await past.call('DELETE', '/api/session')
    await owner.query(`create trigger refuse before delete on devices
      for each row when (old.id = '${device.id}') execute function refuse()`)
    const response = await here.call('DELETE', '/api/devices?scope=others')
    await owner.query('drop trigger refuse on devices')
    expect([response.statusCode, response.json().message]).toEqual([
      503,
      expect.stringContaining('nothing was changed'),
    ])
    for (const browser of [here, there, stranger])
      expect((await browser.get('/api/session')).statusCode).toBe(200)
  })

  it('other keys, the other devices are signed out and the answer says so; the same call again changes the keys', async () => {
    const keyless = await startTestServer({
      place: { database: server.database, sim: server.sim, close: async () => {} },
      broker: { serverKeys: undefined },
    })
    const stranger = await signInWithKeys(keyless, 'UK0044')
    const change = { body: { apiKey: 'other-key', apiSecret: 'other-secret' } }
    for (const [method, options] of [
      ['PUT', change],
      ['DELETE', {}],
    ] as const) {
      const [here, there] = [await signInWithKeys(keyless, 'UK0043'), await signInWithKeys(keyless, 'UK0043')]
      const call = () => here.call(method, '/api/connection/keys', options)
      await owner.query(`create constraint trigger refuse after insert on audit_log deferrable initially deferred
        for each row when (new.action like 'keys-%') execute function refuse()`)
      const failed = await call()
      expect([failed.statusCode, failed.headers['retry-after'], failed.json().message]).toEqual([
        503,
        '1',
        'Your other devices were signed out, but nothing else was changed. Try again in a moment',
      ])
      expect((await there.get('/api/session')).statusCode).toBe(401)
      expect((await here.get('/api/connection/keys')).json()).toMatchObject({ source: 'account' })
      expect((await call()).json().message).toContain('nothing was changed')
      await owner.query('drop trigger refuse on audit_log')
      expect((await call()).statusCode).toBe(method === 'PUT' ? 200 : 204)
    }
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
    await keyless.close()
  })
})

describe('when the session store does not answer', () => {
  it('a sign-in says that the broker login was kept, gives no cookie, and succeeds when the store is back', async () => {
    const stranger = await server.signIn('UK0046')
    const browser = await server.signIn('UK0045')
    const paste = async () => {
      const { searchParams } = new URL(await browser.loginAtBroker('UK0045'), 'http://x')
      const requestToken = searchParams.get('request_token')
      const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
      return await browser.post('/api/sign-in/kite/request-token', { ...keys, requestToken })
    }
    const fail = async () => {
      throw new ProblemError('unavailable', 'The store is out', { retryAfterSeconds: 1 })
    }
    const store = server.sessions
    for (const [failing, goOut] of [
      ['ending a session', () => vi.spyOn(store, 'destroy').mockImplementation(fail)],
      ['keeping one', () => vi.spyOn(store, 'set').mockImplementation(fail)],
      ['all from then on', () => outFromSet(store, fail)],
    ] as const) {
      goOut()
      const refused = await paste()
      vi.restoreAllMocks()
      expect([failing, refused.statusCode, refused.json().message]).toEqual([
        failing,
        503,
        'The broker login was kept, but this device could not be signed in. Try again in a moment',
      ])
      expect(refused.cookies.filter(({ name, value }) => name === 'session' && value !== '')).toEqual([])
      expect((await paste()).statusCode).toBe(200)
    }
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })
})

/** Makes a store go out when a session is to be put into it. */
function outFromSet(store: TestServer['sessions'], fail: () => Promise<never>) {
  return vi.spyOn(store, 'set').mockImplementation(() => {
    vi.spyOn(store, 'destroy').mockImplementation(fail)
    return fail()
  })
}
