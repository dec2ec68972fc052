import { Signer } from '@fastify/cookie'
import { uuidv7 } from '@stratdesk/data/uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

const secret = 'the secret of this test, long enough to sign with'

let server: TestServer
let now = Date.now()
beforeAll(async () => {
  // It never comes to look after its streams by itself.
  server = await startTestServer({ now: () => now, sessionSecrets: [secret], heartbeatMs: 3_600_000 })
})
afterAll(() => server.close())

interface Device {
  readonly id: string
  readonly label: string
}
const deviceOf = async (browser: TestBrowser) =>
  (await browser.get('/api/session')).json<{ device: Device }>().device
const rename = (browser: TestBrowser, { id }: Device, label: string) =>
  browser.call('PATCH', `/api/devices/${id}`, { body: { label } })
const remembered = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('devices')
    .selectFrom('devices')
    .select(['id', 'label', 'first_signed_in_at', 'last_signed_in_at'])
    .orderBy('id')
    .execute()

describe('a browser that comes back', () => {
  it('the next day is the same device under the name it was given, of that account alone', async () => {
    const [browser, stranger] = [await server.signIn('UK0301'), await server.signIn('UK0302')]
    const device = await deviceOf(browser)
    await rename(browser, device, 'Desk')
    const firstAt = new Date(now)
    now += 25 * 3_600_000
    expect((await browser.get('/api/session')).statusCode).toBe(401)
    await browser.signIn('UK0301')
    expect(await deviceOf(browser)).toEqual({ id: device.id, label: 'Desk' })
    expect(await remembered('UK0301')).toEqual([
      { id: device.id, label: 'Desk', first_signed_in_at: firstAt, last_signed_in_at: new Date(now) },
    ])
    expect(await remembered('UK0302')).toMatchObject([{ label: 'Chrome on Linux' }])
    expect((await deviceOf(await stranger.signIn('UK0302'))).id).not.toBe(device.id)
  })

  it('ends what a copy of its cookies still hears, at once', async () => {
    const [browser, copy] = [await server.signIn('UK0321'), server.browser()]
    const stranger = await server.signIn('UK0322')
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value)
    const [heard, theirs] = [await server.events(copy), await server.events(stranger)]
    browser.cookies.delete('session')
    await browser.signIn('UK0321')
    await heard.ended
    expect((await copy.get('/api/session')).statusCode).toBe(401)
    expect((await browser.get('/api/devices')).json().items).toHaveLength(1)
    expect(theirs.response.destroyed).toBe(false)
    theirs.close()
  })

  it('after a sign-out is the same device, too', async () => {
    const [browser, stranger] = [await server.signIn('UK0301'), await server.signIn('UK0302')]
    const device = await deviceOf(browser)
    await browser.call('DELETE', '/api/session')
    await browser.signIn('UK0301')
    expect(await deviceOf(browser)).toEqual(device)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('after it was revoked is a new device, and so is each after all were', async () => {
    const [one, two, three] = [
      await server.signIn('UK0303'),
      await server.signIn('UK0303'),
      await server.signIn('UK0303'),
    ]
    const stranger = await server.signIn('UK0304')
    const devices = await Promise.all([one, two, three].map(deviceOf))
    await one.call('DELETE', `/api/devices/${devices[1]?.id}`)
    const left = new Set((await remembered('UK0303')).map(({ id }) => id))
    expect(left).toEqual(new Set([devices[0]?.id, devices[2]?.id]))
    await two.signIn('UK0303')
    expect((await deviceOf(two)).id).not.toBe(devices[1]?.id)
    await three.call('DELETE', '/api/session')
    await one.call('DELETE', '/api/devices?scope=others')
    expect((await remembered('UK0303')).map(({ id }) => id)).toEqual([devices[0]?.id])
    await three.signIn('UK0303')
    expect((await deviceOf(three)).id).not.toBe(devices[2]?.id)
    await one.call('DELETE', '/api/devices?scope=all')
    expect(one.cookies.has('device')).toBe(false)
    expect(await remembered('UK0303')).toEqual([])
    expect(await remembered('UK0304')).toHaveLength(1)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('that revokes itself is told to forget who it was', async () => {
    const [browser, stranger] = [await server.signIn('UK0303'), await server.signIn('UK0304')]
    const { id } = await deviceOf(browser)
    expect(browser.cookies.has('device')).toBe(true)
    await browser.call('DELETE', `/api/devices/${id}`)
    expect([browser.cookies.has('device'), browser.cookies.has('session')]).toEqual([false, false])
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('with a forged cookie, or one of another account, is a new device', async () => {
    const [mine, theirs] = [await server.signIn('UK0305'), await server.signIn('UK0306')]
    const [device, other] = [await deviceOf(mine), await deviceOf(theirs)]
    const sign = (text: string) => new Signer(secret).sign(text)
    const cookies = [
      // Of this browser, but with another device's id, unsigned, cut and signed by somebody else.
      sign(`UK0305:${other.id}`),
      `UK0305:${device.id}`,
      sign(`UK0305:${device.id}`).slice(0, -3),
      new Signer('a secret of somebody else, also long').sign(`UK0305:${device.id}`),
      sign(`UK0306:${other.id}`),
      sign(`UK0306:${device.id}`),
      sign(`UK0305:${uuidv7()}`),
      sign('UK0305'),
      sign(''),
      'x'.repeat(5000),
    ]
    for (const cookie of cookies) {
      const browser = server.browser()
      browser.cookies.set('device', cookie)
      await browser.signIn('UK0305')
      const { id } = await deviceOf(browser)
      expect([cookie.slice(0, 80), [device.id, other.id].includes(id)]).toEqual([cookie.slice(0, 80), false])
    }
    const honest = server.browser()
    honest.cookies.set('device', sign(`UK0305:${device.id}`))
    await honest.signIn('UK0305')
    expect((await deviceOf(honest)).id).toBe(device.id)
    expect((await remembered('UK0306')).map(({ id }) => id)).toEqual([other.id])
  })

  it('from another account is remembered as what it was last, and the cookie alone opens nothing', async () => {
    const browser = await server.signIn('UK0307')
    const device = await deviceOf(browser)
    await browser.signIn('UK0308')
    await browser.signIn('UK0307')
    expect((await deviceOf(browser)).id).not.toBe(device.id)
    const bare = server.browser()
    bare.cookies.set('device', browser.cookies.get('device') ?? '')
    expect((await bare.get('/api/session')).statusCode).toBe(401)
  })
})

describe('the cookie of a known device', () => {
  it('is for this host alone, hidden from scripts, holds no more than ids and lasts 400 days', async () => {
    const browser = server.browser()
    const response = await browser.get(await browser.loginAtBroker('UK0309'))
    const line = [response.headers['set-cookie'] ?? []].flat().find((text) => text.startsWith('device='))
    expect(line).toMatch(
      /^device=UK0309:[\w-]{36}\.[\w+/]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const https = await startTestServer({ https: true, webOrigin: 'https://desk.example.com' })
    const secure = https.browser()
    const headers = { 'x-forwarded-proto': 'https' }
    const answer = await secure.get(await secure.loginAtBroker('UK0309'), { headers })
    const secured = [answer.headers['set-cookie'] ?? []].flat().find((text) => text.includes('device='))
    expect(secured).toMatch(
      /^__Host-device=[^;]+; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    await https.close()
  })
})

describe('an account', () => {
  it('remembers fifty devices: those that signed in longest ago go', async () => {
    await server.signIn('UK0311')
    const stranger = await server.signIn('UK0312')
    const scope = server.scope('UK0311')
    const ids = Array.from({ length: 60 }, () => uuidv7())
    await scope
      .insert(
        'devices',
        ids.map((id, at) => ({
          id,
          label: `Device ${at}`,
          user_agent: '',
          first_signed_in_at: new Date(now - 1000 * 86_400_000),
          last_signed_in_at: new Date(now - (100 - at) * 86_400_000),
        })),
      )
      .execute()
    const browser = await server.signIn('UK0311')
    const kept = (await remembered('UK0311')).map(({ id }) => id)
    expect(kept).toHaveLength(50)
    expect(kept).toContain((await deviceOf(browser)).id)
    expect([kept.includes(ids[59] ?? ''), kept.includes(ids[0] ?? '')]).toEqual([true, false])
    expect(await remembered('UK0312')).toHaveLength(1)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })
})
