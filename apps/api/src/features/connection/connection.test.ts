import { loadConnection, saveConnection } from '@stratdesk/data/connections'
import { uuidv7 } from '@stratdesk/data/uuid'
import { createVault } from '@stratdesk/data/vault'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { beginAgain } from '../../testing/login-again.ts'
import { seedRun } from '../../testing/seed.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'
import { signInWithKeys } from '../../testing/sign-in-with-keys.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const renew = '/api/connection/renew'
const connectionOf = async (browser: TestBrowser) => (await browser.get('/api/connection')).json()
const stored = (brokerId: string) => loadConnection(server.scope(brokerId), server.vault)
const eventsOf = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('events')
    .selectFrom('events')
    .select(['type', 'payload'])
    .orderBy('seq')
    .execute()
const auditOf = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['action', 'device_label'])
    .orderBy('id')
    .execute()

describe('renewing the connection', () => {
  it('works from any device without entering keys, and every device hears who did it', async () => {
    const [laptop, phone] = [await server.signIn('UK0101'), await server.signIn('UK0101')]
    const stranger = await server.signIn('UK0102')
    const { device } = (await phone.get('/api/session')).json()
    await phone.call('PATCH', `/api/devices/${device.id}`, { body: { label: 'Phone' } })
    await server
      .scope('UK0101')
      .update('broker_connections')
      .set({ status: 'expired', access_token_encrypted: null })
      .execute()
    expect((await connectionOf(laptop)).status).toBe('expired')
    const source = await server.events(laptop)
    const before = phone.cookies.get('session')
    const callback = await beginAgain(server, phone, renew, { userId: 'UK0101', returnTo: '/connection' })
    expect((await phone.get(callback)).headers.location).toBe('http://localhost:5173/connection')
    await vi.waitFor(() => expect(source.types).toContain('connection'))
    source.close()
    expect(await connectionOf(laptop)).toMatchObject({
      status: expect.stringMatching(/^(connected|expiring)$/),
      renewedBy: 'Phone',
    })
    expect((await eventsOf('UK0101')).at(-1)).toEqual({
      type: 'connection',
      payload: { status: 'connected', renewedBy: 'Phone' },
    })
    expect((await auditOf('UK0101')).at(-1)).toEqual({
      action: 'connection-renewed',
      device_label: 'Phone',
    })
    expect(phone.cookies.get('session')).not.toBe(before)
    expect((await laptop.get('/api/session')).statusCode).toBe(200)
    expect((await eventsOf('UK0102')).map(({ type }) => type)).toEqual(['connection', 'device'])
    expect((await connectionOf(stranger)).renewedBy).toBe('Chrome on Linux')
  })

  it('with another account at the broker changes nothing of either account', async () => {
    const [mine, theirs] = [await server.signIn('UK0103'), await server.signIn('UK0104')]
    const before = [await stored('UK0103'), await stored('UK0104')]
    const response = await mine.get(
      await beginAgain(server, mine, renew, { userId: 'UK0104', returnTo: '/connection' }),
    )
    expect(response.headers.location).toBe('http://localhost:5173/connection?problem=other-account')
    expect([await stored('UK0103'), await stored('UK0104')]).toEqual(before)
    expect((await mine.get('/api/session')).json().brokerId).toBe('UK0103')
    expect((await theirs.get('/api/session')).statusCode).toBe(200)
  })

  it('says to enter the keys again where the server has none of its own and no secret that it can use', async () => {
    const keyless = await startTestServer({ broker: { serverKeys: undefined } })
    const browser = await signInWithKeys(keyless, 'UK0105')
    const stranger = await signInWithKeys(keyless, 'UK0106')
    const scope = keyless.scope('UK0105')
    const connection = { apiKey: 'demo-key', accessToken: 'token', expiresAt: new Date(Date.now() + 60_000) }
    const sealedElsewhere = async () => {
      const vault = createVault({ sessionSecret: 'a secret that this server never had' })
      await saveConnection(scope, vault, {
        ...connection,
        apiSecret: 'demo-secret',
        deviceId: uuidv7(),
        deviceLabel: 'Laptop',
      })
    }
    const noSecret = async () =>
      void (await scope.update('broker_connections').set({ api_secret_encrypted: null }).execute())
    const broken = async () =>
      void (await scope
        .update('broker_connections')
        .set({ api_secret_encrypted: Buffer.from('broken'), key_id: keyless.vault.keyId })
        .execute())
    const none = async () => void (await scope.delete('broker_connections').execute())
    expect((await browser.post(renew, {})).statusCode).toBe(200)
    for (const spoil of [noSecret, sealedElsewhere, broken, none]) {
      await spoil()
      for (const path of [renew, '/api/session/step-up']) {
        const response = await browser.post(path, {})
        expect([path, response.statusCode, response.json().message]).toEqual([
          path,
          409,
          'This server has no API secret of yours that it can use: enter your API key and secret again',
        ])
      }
    }
    expect((await stranger.post(renew, {})).statusCode).toBe(200)
    await keyless.close()
  })
})

describe('disconnecting', () => {
  it('forgets the token, keeps the keys and signs nobody out', async () => {
    const [browser, other] = [await server.signIn('UK0111'), await server.signIn('UK0111')]
    const stranger = await server.signIn('UK0112')
    expect((await browser.call('DELETE', '/api/connection')).statusCode).toBe(204)
    expect(await connectionOf(other)).toEqual({
      status: 'disconnected',
      expiresAt: null,
      renewedAt: null,
      renewedBy: null,
      simulated: true,
    })
    expect(await stored('UK0111')).toMatchObject({ apiSecret: 'demo-secret', accessToken: null })
    expect((await eventsOf('UK0111')).at(-1)).toEqual({
      type: 'connection',
      payload: { status: 'disconnected', renewedBy: null },
    })
    expect((await auditOf('UK0111')).at(-1)).toMatchObject({ action: 'disconnected' })
    expect((await connectionOf(stranger)).status).not.toBe('disconnected')
    await other.get(await beginAgain(server, other, renew, { userId: 'UK0111' }))
    expect((await connectionOf(browser)).status).not.toBe('disconnected')
  })

  it('needs a confirmation while runs are active, because they get no more prices', async () => {
    const [browser, stranger] = [await server.signIn('UK0113'), await server.signIn('UK0114')]
    await seedRun(server.scope('UK0113'), 'A run')
    await server.scope('UK0113').update('runs').set({ status: 'running' }).execute()
    for (const query of ['', '?confirm=false']) {
      const refused = await browser.call('DELETE', `/api/connection${query}`)
      expect([refused.statusCode, refused.json().message]).toEqual([
        409,
        'A run is active and would get no more prices; confirm to go on',
      ])
    }
    expect(await stored('UK0113')).toMatchObject({ status: 'connected' })
    expect((await stranger.call('DELETE', '/api/connection')).statusCode).toBe(204)
    expect((await browser.call('DELETE', '/api/connection?confirm=true')).statusCode).toBe(204)
    expect(await stored('UK0113')).toMatchObject({ status: 'disconnected' })
  })
})
