import { randomBytes } from 'node:crypto'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenStore, signingSecret, startStoreServer, storeKinds } from '../testing/session-stores.ts'
import { RememberingSigner } from './remembering-signer.ts'
import { sessionKey } from './session-plugin.ts'

const rounds = 200
const [anna, ben] = ['UK9394', 'UK1234']
const signer = new RememberingSigner([signingSecret])

describe.each(storeKinds)('with sessions in $kind', ({ open }) => {
  let server: Awaited<ReturnType<typeof startStoreServer<OpenStore>>>
  beforeAll(async () => {
    server = await startStoreServer(open)
    // Whose account it is has to be known; the sessions of the rounds are then put into the store.
    await Promise.all([anna, ben].map((userId) => server.signIn(userId)))
  }, 60_000)
  afterAll(() => server.close())

  /** A browser of Anna's that was just signed in, and what it has to show for it. */
  async function signedIn() {
    const [id, deviceId, now] = [randomBytes(32).toString('base64url'), uuidv7(), server.clock.now]
    const times = { createdAt: now, authenticatedAt: now, lastSeenAt: now, expiresAt: now + 24 * 3_600_000 }
    const about = { brokerId: mintBrokerId(anna), deviceId, label: 'Desk', userAgent: '', ip: '127.0.0.1' }
    await server.kept.store.set(sessionKey(id), { ...about, ...times })
    const browser = server.browser()
    browser.cookies.set('session', signer.sign(id))
    return { browser, deviceId, cookie: browser.cookieHeader }
  }
  const statusOf = async (cookie: string) =>
    (await server.browser().get('/api/session', { headers: { cookie } })).statusCode

  it('S16 reads and writes in flight do not undo a sign-out', async () => {
    for (let round = 0; round < rounds; round++) {
      const { browser, deviceId, cookie } = await signedIn()
      // From here on being read is being written: the device is marked as seen.
      server.clock.now += 61_000
      const inFlight = [
        browser.get('/api/session'),
        browser.call('PATCH', `/api/devices/${deviceId}`, { body: { label: `Round ${round}` } }),
        browser.call('DELETE', '/api/session'),
        browser.get('/api/devices'),
        browser.call('PATCH', `/api/devices/${deviceId}`, { body: { label: 'Late' } }),
      ]
      const answers = await Promise.all(inFlight)
      expect([200, 204, 401, 404]).toEqual(
        expect.arrayContaining(answers.map(({ statusCode }) => statusCode)),
      )
      expect(await statusOf(cookie)).toBe(401)
    }
  }, 120_000)

  it('S17 a rename and being seen at once are both kept', async () => {
    const { browser, deviceId } = await signedIn()
    for (let round = 0; round < rounds; round++) {
      server.clock.now += 61_000
      const label = `Round ${round}`
      await Promise.all([
        browser.get('/api/session'),
        browser.call('PATCH', `/api/devices/${deviceId}`, { body: { label } }),
        browser.get('/api/session'),
      ])
      const { items }: { items: { id: string }[] } = (await browser.get('/api/devices')).json()
      expect(items.find((device) => device.id === deviceId)).toMatchObject({
        label,
        lastSeenAt: new Date(server.clock.now).toISOString(),
      })
    }
  }, 120_000)

  it('S24 an open stream ends with the sign-out and hears of nothing after it', async () => {
    const stranger = await server.events(await server.signIn(ben))
    for (let round = 0; round < rounds; round++) {
      const { browser } = await signedIn()
      const stream = await server.events(browser)
      await browser.call('DELETE', '/api/session')
      const after = uuidv7()
      await server.scope(anna).emit('device', { deviceId: after, change: 'renamed' })
      await stream.ended
      expect(JSON.stringify(stream.events)).not.toContain(after)
    }
    expect(stranger.events).toEqual([])
    stranger.close()
  }, 120_000)
})
