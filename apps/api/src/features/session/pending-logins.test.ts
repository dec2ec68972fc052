import { createVault } from '@stratdesk/data/vault'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { MemorySessionStore } from '../../sign-in/memory-session-store.ts'
import type { TestBrowser } from '../../testing/browser.ts'
import { beginAgain } from '../../testing/login-again.ts'
import { openTestPlace, startTestServer, type TestPlace, type TestServer } from '../../testing/server.ts'

/** Two servers on one database: a login that begins on one is finished by the other. */
let place: TestPlace
let one: TestServer
let two: TestServer
const sessions = new MemorySessionStore()
beforeAll(async () => {
  place = await openTestPlace()
  one = await startTestServer({ place, sessions })
  two = await startTestServer({ place, sessions })
})
afterAll(async () => {
  await one.close()
  await two.close()
  await place.close()
})

/** The same browser at another server. */
function atServer(server: TestServer, browser: TestBrowser): TestBrowser {
  const same = server.browser()
  for (const [name, value] of browser.cookies) same.cookies.set(name, value)
  return same
}

const rows = async () => (await one.pool.query('select * from pending_sign_ins')).rows

it('a sign-in that begins on one process ends on another, once', async () => {
  const [anna, ben] = [one.browser(), one.browser()]
  const callbacks = [await anna.loginAtBroker('UK9394'), await ben.loginAtBroker('UK1234')]
  const there = atServer(two, anna)
  expect((await there.get(callbacks[0] ?? '')).headers.location).toBe('http://localhost:5173/')
  expect((await there.get('/api/session')).json().brokerId).toBe('UK9394')
  expect((await anna.get(callbacks[0] ?? '')).headers.location).toContain('state-mismatch')
  expect((await ben.get(callbacks[1] ?? '')).headers.location).toBe('http://localhost:5173/')
})

it('a step-up and a renewal do, too', async () => {
  const browser = await one.signIn('UK9394')
  const login = { userId: 'UK9394', returnTo: '/runs' }
  for (const path of ['/api/session/step-up', '/api/connection/renew'] as const) {
    const callback = await beginAgain(one, browser, path, login)
    const there = atServer(two, browser)
    expect((await there.get(callback)).headers.location).toBe('http://localhost:5173/runs')
    for (const [name, value] of there.cookies) browser.cookies.set(name, value)
    expect((await browser.get('/api/session')).statusCode).toBe(200)
  }
})

it('a login under way survives a restart of the server', async () => {
  const first = await startTestServer({ place })
  const browser = first.browser()
  const callback = await browser.loginAtBroker('UK9394')
  await first.close()
  const second = await startTestServer({ place })
  const same = atServer(second, browser)
  expect((await same.get(callback)).headers.location).toBe('http://localhost:5173/')
  await second.close()
})

it('the same callback asked for many times at once signs in once', async () => {
  const browser = one.browser()
  const callback = await browser.loginAtBroker('UK9394')
  const tabs = [one, two, one, two].map((server) => atServer(server, browser))
  const ended = await Promise.all(tabs.map(async (tab) => (await tab.get(callback)).headers.location))
  expect(ended.filter((location) => location === 'http://localhost:5173/')).toHaveLength(1)
})

it('a dump of the table neither finishes a login nor shows its keys', async () => {
  const browser = one.browser()
  const callback = await browser.loginAtBroker('UK9394')
  const state = new URL(callback, 'http://x').searchParams.get('state') ?? ''
  const found = await rows()
  const dump = found.map((row) => Object.values(row).map(String).join()).join()
  expect(found.length).toBeGreaterThan(0)
  for (const secret of [state, browser.cookies.get('sign-in') ?? 'no cookie', 'demo-secret'])
    expect(dump).not.toContain(secret)
})

it('a login sealed under a key that is gone is no login, and no failure', async () => {
  const browser = one.browser()
  const callback = await browser.loginAtBroker('UK9394')
  const vault = createVault({ sessionSecret: 'quite another secret of a server' })
  const rekeyed = await startTestServer({ place, vault })
  const response = await atServer(rekeyed, browser).get(callback)
  expect(response.headers.location).toBe('http://localhost:5173/sign-in?problem=state-mismatch')
  await rekeyed.close()
})
