import { loadConnection } from '@stratdesk/data/connections'
import { createVault } from '@stratdesk/data/vault'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { beginAgain } from '../../testing/login-again.ts'
import { seedRun } from '../../testing/seed.ts'
import { openTestPlace, startTestServer, type TestPlace, type TestServer } from '../../testing/server.ts'
import { demoKeys, signInWithKeys } from '../../testing/sign-in-with-keys.ts'

/** A second app at the broker, of the same user. */
const otherKeys = { apiKey: 'other-key', apiSecret: 'other-secret' }
const keysPath = '/api/connection/keys'

let place: TestPlace
let server: TestServer
let now = Date.now()
beforeAll(async () => {
  const redirectUrl = 'http://localhost:8080/api/sign-in/kite/callback'
  place = await openTestPlace({ apps: [{ ...otherKeys, redirectUrl }] })
  server = await startTestServer({ place, broker: { serverKeys: undefined }, now: () => now })
})
afterAll(async () => {
  await server.close()
  await place.close()
})

const statusOf = async (browser: TestBrowser) => (await browser.get('/api/session')).statusCode
/** The status of a device that may be signed out, and why it is. */
const endOf = async (browser: TestBrowser) => {
  const response = await browser.get('/api/session')
  return [response.statusCode, response.json().message]
}
const keysChanged = [401, expect.stringContaining('keys')]
const stored = (brokerId: string, vault = server.vault) => loadConnection(server.scope(brokerId), vault)
const auditOf = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['action', 'detail'])
    .orderBy('id')
    .execute()
const eventsOf = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('events')
    .selectFrom('events')
    .select(['type', 'payload'])
    .orderBy('seq')
    .execute()

describe('the keys of an account', () => {
  it('are told by the end of the API key; no answer ever holds the secret', async () => {
    const [browser, stranger] = [
      await signInWithKeys(server, 'UK0201'),
      await signInWithKeys(server, 'UK0202', otherKeys),
    ]
    const shown = await browser.get(keysPath)
    expect(shown.json()).toEqual({ source: 'account', apiKeyEnd: '-key', hasSecret: true })
    const replaced = await browser.call('PUT', keysPath, { body: otherKeys })
    expect([replaced.statusCode, replaced.json()]).toEqual([
      200,
      { source: 'account', apiKeyEnd: '-key', hasSecret: true },
    ])
    for (const { body } of [shown, replaced, await browser.get(keysPath), await browser.get('/api/session')])
      expect(body).not.toMatch(/secret"?:"|demo-secret|other-secret/)
    expect(server.lines.join('')).not.toMatch(/demo-secret|other-secret/)
    await server.scope('UK0201').update('broker_connections').set({ api_secret_encrypted: null }).execute()
    expect((await browser.get(keysPath)).json()).toMatchObject({ hasSecret: false })
    expect((await stranger.get(keysPath)).json()).toMatchObject({ hasSecret: true })
  })

  it('S22 that are replaced sign the other devices out, and the old token is gone; this device logs in anew', async () => {
    const [browser, other] = [await signInWithKeys(server, 'UK2201'), await signInWithKeys(server, 'UK2201')]
    const stranger = await signInWithKeys(server, 'UK2202')
    const source = await server.events(other)
    const { device } = (await other.get('/api/session')).json()
    expect((await browser.call('PUT', keysPath, { body: otherKeys })).statusCode).toBe(200)
    await source.ended
    expect(await endOf(other)).toEqual(keysChanged)
    expect([await statusOf(browser), await statusOf(stranger)]).toEqual([200, 200])
    expect(await stored('UK2201')).toMatchObject({
      ...otherKeys,
      status: 'disconnected',
      accessToken: null,
    })
    expect(await stored('UK2202')).toMatchObject({ ...demoKeys, status: 'connected' })
    const events = await eventsOf('UK2201')
    expect(events).toContainEqual({
      type: 'device',
      payload: { deviceId: device.id, change: 'revoked' },
    })
    expect(events.at(-1)).toEqual({
      type: 'connection',
      payload: { status: 'disconnected', renewedBy: null },
    })
    expect((await auditOf('UK2201')).slice(-2)).toEqual([
      {
        action: 'device-revoked',
        detail: { deviceId: device.id, label: device.label, reason: 'keys changed' },
      },
      { action: 'keys-replaced', detail: { apiKeyEnd: '-key' } },
    ])

    const callback = await beginAgain(server, browser, '/api/connection/renew', { userId: 'UK2201' })
    expect((await browser.get(callback)).headers.location).toBe('http://localhost:5173/')
    expect(await stored('UK2201')).toMatchObject({ ...otherKeys, status: 'connected' })
  })

  it('S22 that change by a sign-in with another API key sign the other devices out, too', async () => {
    const [browser, other] = [await signInWithKeys(server, 'UK2203'), await signInWithKeys(server, 'UK2203')]
    const stranger = await signInWithKeys(server, 'UK2204')
    await signInWithKeys(server, 'UK2203', demoKeys, browser)
    expect([await statusOf(browser), await statusOf(other)]).toEqual([200, 200])
    await signInWithKeys(server, 'UK2203', otherKeys, browser)
    expect(await endOf(other)).toEqual(keysChanged)
    expect([await statusOf(browser), await statusOf(stranger)]).toEqual([200, 200])
    expect(await stored('UK2203')).toMatchObject({ ...otherKeys, status: 'connected' })
  })

  it('are not put back by a login that began before they were changed', async () => {
    const browser = await signInWithKeys(server, 'UK0209')
    const stranger = await signInWithKeys(server, 'UK0210')
    for (const path of ['/api/connection/renew', '/api/session/step-up'] as const) {
      const callback = await beginAgain(server, browser, path, { userId: 'UK0209', returnTo: '/connection' })
      await browser.call('PUT', keysPath, { body: { ...otherKeys, apiSecret: `other-secret of ${path}` } })
      const { location } = (await browser.get(callback)).headers
      expect(location).toBe('http://localhost:5173/connection?problem=state-mismatch')
      expect(await stored('UK0209')).toMatchObject({
        apiKey: 'other-key',
        apiSecret: `other-secret of ${path}`,
        accessToken: null,
      })
    }
    expect(await statusOf(browser)).toBe(200)
    expect(await stored('UK0210')).toMatchObject(demoKeys)
    expect(await statusOf(stranger)).toBe(200)
  })

  it('are forgotten with their token; the other devices are signed out', async () => {
    const [browser, other] = [await signInWithKeys(server, 'UK0203'), await signInWithKeys(server, 'UK0203')]
    const stranger = await signInWithKeys(server, 'UK0204')
    expect((await browser.call('DELETE', keysPath)).statusCode).toBe(204)
    expect(await endOf(other)).toEqual(keysChanged)
    expect([await statusOf(browser), await statusOf(stranger)]).toEqual([200, 200])
    expect(await stored('UK0203')).toBeUndefined()
    expect(await stored('UK0204')).toMatchObject(demoKeys)
    expect((await browser.get(keysPath)).json()).toEqual({
      source: 'none',
      apiKeyEnd: null,
      hasSecret: false,
    })
    expect((await auditOf('UK0203')).at(-1)).toEqual({ action: 'keys-removed', detail: {} })
    expect((await browser.call('PUT', keysPath, { body: demoKeys })).statusCode).toBe(200)
    await browser.get(await beginAgain(server, browser, '/api/connection/renew', { userId: 'UK0203' }))
    expect(await stored('UK0203')).toMatchObject({ ...demoKeys, status: 'connected' })
  })

  it('are not forgotten under active runs without a confirmation, and nobody is signed out for asking', async () => {
    const [browser, other] = [await signInWithKeys(server, 'UK0205'), await signInWithKeys(server, 'UK0205')]
    await signInWithKeys(server, 'UK0206')
    await seedRun(server.scope('UK0205'), 'A run')
    await server.scope('UK0205').update('runs').set({ status: 'running' }).execute()
    const refused = await browser.call('DELETE', keysPath)
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'conflict'])
    expect(await statusOf(other)).toBe(200)
    expect((await browser.call('DELETE', `${keysPath}?confirm=true`)).statusCode).toBe(204)
    expect([await statusOf(other), await stored('UK0205')]).toEqual([401, undefined])
    expect(await stored('UK0206')).toMatchObject(demoKeys)
  })

  it('can be replaced and removed 15 minutes after a sign-in at the broker, and not later', async () => {
    const [browser, stranger] = [
      await signInWithKeys(server, 'UK0207'),
      await signInWithKeys(server, 'UK0208'),
    ]
    now += 15 * 60_000
    for (const [method, options] of [
      ['PUT', { body: otherKeys }],
      ['DELETE', {}],
    ] as const) {
      const refused = await browser.call(method, keysPath, options)
      expect([method, refused.statusCode, refused.json().code]).toEqual([method, 403, 'reauth-required'])
    }
    expect(await stored('UK0207')).toMatchObject(demoKeys)
    await stranger.get(await beginAgain(server, stranger, '/api/session/step-up', { userId: 'UK0208' }))
    expect((await browser.call('DELETE', keysPath)).statusCode).toBe(403)
    await browser.get(await beginAgain(server, browser, '/api/session/step-up', { userId: 'UK0207' }))
    expect((await browser.call('DELETE', keysPath)).statusCode).toBe(204)
  })
})

describe('the keys of a server that has its own app', () => {
  it('cannot be changed by an account', async () => {
    const own = await startTestServer({ place })
    const [browser, stranger] = [await own.signIn('UK0211'), await own.signIn('UK0212')]
    expect((await browser.get(keysPath)).json()).toEqual({
      source: 'server',
      apiKeyEnd: '-key',
      hasSecret: true,
    })
    for (const [method, options] of [
      ['PUT', { body: otherKeys }],
      ['DELETE', {}],
    ] as const) {
      const refused = await browser.call(method, keysPath, options)
      expect([method, refused.statusCode, refused.json().message]).toEqual([
        method,
        409,
        'This server signs in with its own Kite app, whose keys only its operator can change',
      ])
    }
    expect(await stored('UK0211')).toMatchObject({ status: 'connected' })
    expect(await statusOf(stranger)).toBe(200)
    await own.close()
  })
})

describe('a secret of the server that is replaced', () => {
  const [older, newer] = ['an older key for credentials', 'a newer key for credentials']
  const vaultOf = (...credentialsKey: string[]) =>
    createVault({ credentialsKey, sessionSecret: 'a secret that sealed nothing' })

  it('is needed no longer once the account has signed in, stepped up or renewed', async () => {
    const before = await startTestServer({
      place,
      vault: vaultOf(older),
      broker: { serverKeys: undefined },
    })
    const renewing = await signInWithKeys(before, 'UK0221')
    const stepping = await signInWithKeys(before, 'UK0222')
    await signInWithKeys(before, 'UK0223')
    const rotated = vaultOf(newer, older)
    const after = await startTestServer({
      place,
      vault: rotated,
      sessions: before.sessions,
      broker: { serverKeys: undefined },
    })
    const keyIdOf = async (brokerId: string) =>
      (
        await server
          .scope(brokerId)
          .read('broker_connections')
          .selectFrom('broker_connections')
          .select('key_id')
          .executeTakeFirst()
      )?.key_id
    const asked = async ({ cookieHeader: cookie }: TestBrowser, path: string) =>
      (await after.browser().call('POST', path, { body: {}, headers: { cookie } })).statusCode
    expect(await keyIdOf('UK0221')).not.toBe(rotated.keyId)
    expect(await asked(renewing, '/api/connection/renew')).toBe(200)
    expect(await asked(stepping, '/api/session/step-up')).toBe(200)
    const alone = vaultOf(newer)
    for (const brokerId of ['UK0221', 'UK0222']) {
      expect(await keyIdOf(brokerId)).toBe(rotated.keyId)
      expect(await stored(brokerId, alone)).toMatchObject({ ...demoKeys, status: 'connected' })
    }
    expect(await stored('UK0223', alone)).toMatchObject({ status: 'disconnected' })
    await signInWithKeys(after, 'UK0223')
    expect(await stored('UK0223', alone)).toMatchObject({ ...demoKeys, status: 'connected' })
    await before.close()
    await after.close()
  })
})
