import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { signedOut } from '../http/problem.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { sessionEnded } from './ending-words.ts'

let server: TestServer
let ahead = 0
beforeAll(async () => {
  server = await startTestServer({ now: () => Date.now() + ahead })
})
afterAll(() => server.close())

/** What a request is told that shows this cookie, each time anew, as a copy of the browser would. */
const toldWith = async (cookie: string) => {
  const response = await server.browser().get('/api/session', { headers: { cookie } })
  expect([response.statusCode, response.json().code]).toEqual([401, 'signed-out'])
  return response.json<{ message: string }>().message
}
const idOf = async (browser: TestBrowser) =>
  (await browser.get('/api/session')).json<{ device: { id: string } }>().device.id

describe('a session that is over', () => {
  it('says how it ended, to whoever shows its cookie', async () => {
    const [here, there] = [await server.signIn('UK9394'), await server.signIn('UK9394')]
    const stranger = await server.signIn('UK1234')
    const revoked = there.cookieHeader
    await here.call('DELETE', `/api/devices/${await idOf(there)}`)
    expect(await toldWith(revoked)).toBe('This device was signed out from another device')

    const replaced = here.cookieHeader
    await here.signIn('UK9394')
    expect(await toldWith(replaced)).toBe('This device has signed in again since then')

    const left = here.cookieHeader
    await here.call('DELETE', '/api/session')
    expect(await toldWith(left)).toBe('You signed out on this device')

    const first = (await server.signIn('UK0040')).cookieHeader
    for (let count = 0; count < 20; count++) await server.signIn('UK0040')
    expect(await toldWith(first)).toMatch(/^20 newer devices are signed in/)

    expect((await stranger.get('/api/session')).statusCode).toBe(200)
    const late = stranger.cookieHeader
    ahead = 24 * 3_600_000
    expect(await toldWith(late)).toBe('The time of this session is over')
    ahead = 0
  })

  it('says nothing to who has no cookie, a forged one or one of an unknown session, and asks the store of none of the first two', async () => {
    const general = signedOut().message
    const asked = vi.spyOn(server.sessions, 'endedBecause')
    const known = await server.signIn('UK1234')
    expect((await server.browser().get('/api/session')).json().message).toBe(general)
    const [id = ''] = decodeURIComponent(known.cookies.get('session') ?? '').split('.')
    await known.call('DELETE', '/api/session')
    for (const forged of [id, `${id}.`, `${id}.${'A'.repeat(43)}`, 'made.up'])
      expect(await toldWith(`session=${forged}`)).toBe(general)
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
    expect(sessionEnded(undefined).message).toBe(general)
  })

  it('costs those who are signed in no question', async () => {
    const [one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    const asked = vi.spyOn(server.sessions, 'endedBecause')
    for (const browser of [one, two]) expect((await browser.get('/api/session')).statusCode).toBe(200)
    expect(asked).not.toHaveBeenCalled()
    asked.mockRestore()
  })
})
