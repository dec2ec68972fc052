import { loadConnection } from '@stratdesk/data/connections'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { beginAgain } from '../../testing/login-again.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let now = Date.now()
beforeAll(async () => {
  server = await startTestServer({ now: () => now })
})
afterAll(() => server.close())

const stepUp = '/api/session/step-up'
const web = 'http://localhost:5173'
const auditOf = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['action', 'detail'])
    .orderBy('id')
    .execute()
const sessionOf = async (browser: TestBrowser) => (await browser.get('/api/session')).json()

describe('a step-up', () => {
  it('S6 changes the session id and ends the old one; the device stays, and so do the other devices', async () => {
    const [browser, other] = [await server.signIn('UK0601'), await server.signIn('UK0601')]
    const stranger = await server.signIn('UK0602')
    const before = { cookie: browser.cookieHeader, session: await sessionOf(browser) }
    const callback = await beginAgain(server, browser, stepUp, { userId: 'UK0601', returnTo: '/runs?x=1#y' })
    const response = await browser.get(callback)
    expect([response.statusCode, response.headers.location]).toEqual([303, `${web}/runs?x=1#y`])
    expect(browser.cookieHeader).not.toBe(before.cookie)
    expect((await sessionOf(browser)).device).toEqual(before.session.device)
    const replay = await server.browser().get('/api/session', { headers: { cookie: before.cookie } })
    expect(replay.statusCode).toBe(401)
    expect((await other.get('/api/session')).statusCode).toBe(200)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
    const actions = (await auditOf('UK0601')).map(({ action }) => action)
    expect(actions).toEqual(['signed-in', 'signed-in', 'stepped-up'])
  })

  it('without a place to come back to comes back to the beginning', async () => {
    const browser = await server.signIn('UK0601')
    const callback = await beginAgain(server, browser, stepUp, { userId: 'UK0601' })
    expect((await browser.get(callback)).headers.location).toBe(`${web}/`)
  })

  it('never sends the browser to another site', async () => {
    const browser = await server.signIn('UK0601')
    for (const returnTo of [
      'https://evil.example',
      '//evil.example',
      String.raw`/\evil.example`,
      'runs',
      '/a b',
    ]) {
      const response = await browser.post(stepUp, { returnTo })
      expect([returnTo, response.statusCode]).toEqual([returnTo, 400])
    }
    const callback = await beginAgain(server, browser, stepUp, {
      userId: 'UK0601',
      returnTo: '/..//evil.example',
    })
    expect((await browser.get(callback)).headers.location?.startsWith(`${web}/`)).toBe(true)
  })

  it('with another account at the broker changes nothing, and says so where it was asked for', async () => {
    const browser = await server.signIn('UK0603')
    const theirs = await server.signIn('UK0604')
    const before = [await sessionOf(browser), await loadConnection(server.scope('UK0604'), server.vault)]
    const cookie = browser.cookies.get('session')
    const login = { userId: 'UK0604', returnTo: '/settings?tab=risk' }
    const response = await browser.get(await beginAgain(server, browser, stepUp, login))
    expect(response.headers.location).toBe(`${web}/settings?tab=risk&problem=other-account`)
    expect(browser.cookies.get('session')).toBe(cookie)
    const after = [await sessionOf(browser), await loadConnection(server.scope('UK0604'), server.vault)]
    expect(after).toEqual(before)
    expect((await theirs.get('/api/devices')).json().items).toHaveLength(1)
    expect((await auditOf('UK0603')).at(-1)).toEqual({
      action: 'sign-in-refused',
      detail: { reason: 'other-account', purpose: 'step-up' },
    })
  })

  it('of a device that was signed out meanwhile gives no session, and stores nothing', async () => {
    const [browser, other] = [await server.signIn('UK0605'), await server.signIn('UK0605')]
    const stranger = await server.signIn('UK0606')
    const callback = await beginAgain(server, browser, stepUp, { userId: 'UK0605', returnTo: '/runs' })
    const stored = await loadConnection(server.scope('UK0605'), server.vault)
    expect((await other.call('DELETE', '/api/devices?scope=others')).json()).toEqual({ revoked: 1 })
    const response = await browser.get(callback)
    expect(response.headers.location).toBe(`${web}/sign-in?problem=state-mismatch`)
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    expect(await loadConnection(server.scope('UK0605'), server.vault)).toEqual(stored)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('of a device that is signed out while the broker is asked gives no session either', async () => {
    const [browser, other] = [await server.signIn('UK0607'), await server.signIn('UK0607')]
    const stranger = await server.signIn('UK0608')
    const callback = await beginAgain(server, browser, stepUp, { userId: 'UK0607' })
    const real = globalThis.fetch
    const asked = vi.spyOn(globalThis, 'fetch').mockImplementation(async (...call) => {
      const answer = await real(...call)
      if (asked.mock.calls.length === 1) await other.call('DELETE', '/api/devices?scope=others')
      return answer
    })
    const response = await browser.get(callback)
    asked.mockRestore()
    expect(response.cookies.filter(({ name, value }) => name === 'session' && value !== '')).toEqual([])
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    expect((await other.get('/api/devices')).json().items).toHaveLength(1)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('of a device that is signed out in the last moment gives no session either', async () => {
    const [browser, other] = [await server.signIn('UK0609'), await server.signIn('UK0609')]
    const stranger = await server.signIn('UK0610')
    const real = server.sessions.destroy.bind(server.sessions)
    for (const path of [stepUp, '/api/connection/renew'] as const) {
      await browser.signIn('UK0609')
      const callback = await beginAgain(server, browser, path, { userId: 'UK0609' })
      // All is checked and written by now; what is left is to put the new session in the place of the old one.
      const ending = vi.spyOn(server.sessions, 'destroy').mockImplementationOnce(async (...call) => {
        expect((await other.call('DELETE', '/api/devices?scope=others')).json()).toEqual({ revoked: 1 })
        await real(...call)
      })
      const response = await browser.get(callback)
      ending.mockRestore()
      expect(response.headers.location).toContain('problem=state-mismatch')
      expect(response.cookies.filter(({ name, value }) => name === 'session' && value !== '')).toEqual([])
      expect((await browser.get('/api/session')).statusCode).toBe(401)
      expect((await other.get('/api/devices')).json().items).toHaveLength(1)
    }
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('in a browser that has signed in to another account meanwhile is refused, and that session stays', async () => {
    const browser = await server.signIn('UK0605')
    const callback = await beginAgain(server, browser, stepUp, { userId: 'UK0605', returnTo: '/runs' })
    await browser.signIn('UK0606')
    const response = await browser.get(callback)
    expect(response.headers.location).toBe(`${web}/runs?problem=state-mismatch`)
    expect((await sessionOf(browser)).brokerId).toBe('UK0606')
  })

  it('that was cancelled at the broker leaves everything as it was, and says so where it was asked for', async () => {
    const browser = await server.signIn('UK0605')
    const before = await sessionOf(browser)
    const form = { decision: 'cancel' }
    const callback = await beginAgain(server, browser, stepUp, { userId: 'UK0605', returnTo: '/runs', form })
    expect((await browser.get(callback)).headers.location).toBe(`${web}/runs?problem=denied`)
    expect(await sessionOf(browser)).toEqual(before)
    expect((await browser.get(callback)).headers.location).toBe(`${web}/?problem=state-mismatch`)
  })

  it('needs no keys, but a session', async () => {
    expect((await server.browser().post(stepUp, {})).statusCode).toBe(401)
    expect((await server.browser().post('/api/connection/renew', {})).statusCode).toBe(401)
  })
})

describe('a sensitive act', () => {
  it('S35 passes 14:59 after the sign-in and not 15:01 after it; a step-up makes it pass, for that device only', async () => {
    const [browser, other] = [await server.signIn('UK3501'), await server.signIn('UK3501')]
    const stranger = await server.signIn('UK3502')
    const revokeAll = (device: TestBrowser) => device.call('DELETE', '/api/devices?scope=all')
    now += (14 * 60 + 59) * 1000
    expect((await revokeAll(stranger)).statusCode).toBe(200)
    now += 2000
    for (const device of [browser, other]) {
      const refused = await revokeAll(device)
      expect([refused.statusCode, refused.json().code]).toEqual([403, 'reauth-required'])
    }
    expect((await browser.call('DELETE', '/api/devices?scope=others')).statusCode).toBe(200)
    const again = await server.signIn('UK3501')
    now += (15 * 60 + 1) * 1000
    await browser.get(await beginAgain(server, browser, stepUp, { userId: 'UK3501' }))
    expect((await revokeAll(again)).json().code).toBe('reauth-required')
    expect((await revokeAll(browser)).json()).toEqual({ revoked: 2 })
  })

  it('does not pass again because the clock was set back', async () => {
    const [browser, stranger] = [await server.signIn('UK3505'), await server.signIn('UK3506')]
    const revokeAll = () => browser.call('DELETE', '/api/devices?scope=all')
    now -= 60 * 60_000
    expect((await revokeAll()).json().code).toBe('reauth-required')
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
    await browser.get(await beginAgain(server, browser, stepUp, { userId: 'UK3505' }))
    expect((await revokeAll()).json()).toEqual({ revoked: 1 })
    now += 60 * 60_000
  })

  it('S35 needs more than an access token: a pasted one lasts all day, and may have been stolen like a cookie', async () => {
    const [browser, stranger] = [await server.signIn('UK3503'), await server.signIn('UK3504')]
    const accessToken = (await loadConnection(server.scope('UK3503'), server.vault))?.accessToken ?? ''
    const paste = async (device: TestBrowser) => {
      const body = { apiKey: 'demo-key', accessToken }
      const response = await device.post('/api/sign-in/kite/access-token', body)
      expect([response.statusCode, response.json().brokerId]).toEqual([200, 'UK3503'])
      return response.json<{ signedInAt: string; authenticatedAt: string | null }>()
    }
    const revokeAll = async (device: TestBrowser) => {
      const { code = 'done' } = (await device.call('DELETE', '/api/devices?scope=all')).json<{
        code?: string
      }>()
      return code
    }
    const loggedInAt = new Date(now).toISOString()
    now += (14 * 60 + 58) * 1000
    expect(await paste(browser)).toMatchObject({ signedInAt: loggedInAt, authenticatedAt: loggedInAt })
    now += 3000
    expect(await revokeAll(browser)).toBe('reauth-required')

    const pasted = server.browser()
    expect(await paste(pasted)).toMatchObject({
      signedInAt: new Date(now).toISOString(),
      authenticatedAt: null,
    })
    expect(await revokeAll(pasted)).toBe('reauth-required')
    await pasted.get(await beginAgain(server, pasted, stepUp, { userId: 'UK3503' }))
    expect((await sessionOf(pasted)).authenticatedAt).toBe(new Date(now).toISOString())
    expect(await revokeAll(pasted)).toBe('done')
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })
})
