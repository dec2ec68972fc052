import { openSessionTable } from '@stratdesk/data/sessions'
import { createTestDatabase } from '@stratdesk/data/testing'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PostgresSessionStore } from '../sign-in/stores/postgres-session-store.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { startStoreServer, storeKinds, type StoreServer } from '../testing/session-stores.ts'

const [second, minute, hour] = [1000, 60_000, 3_600_000]

describe.each(storeKinds)('a session in the $kind store', ({ open }) => {
  let server: StoreServer
  const start = async (idleMs = 0) => (server = await startStoreServer(open, { idleMs }))
  beforeEach(() => start())
  afterEach(() => server.close())
  const status = async (browser: TestBrowser) => (await browser.get('/api/session')).statusCode

  it('S10 24 hours after sign-in the session is over, however busy it was', async () => {
    const browser = await server.signIn('UK9394')
    const signedInAt = server.clock.now
    for (let passed = 5 * minute; passed < 24 * hour; passed += 5 * minute) {
      server.clock.now = signedInAt + passed
      expect([passed, await status(browser)]).toEqual([passed, 200])
    }
    server.clock.now = signedInAt + 24 * hour - second
    expect(await status(browser)).toBe(200)
    server.clock.now += second
    expect(await status(browser)).toBe(401)
    const again = await server.signIn('UK9394')
    expect((await again.get('/api/devices')).json().items).toHaveLength(1)
  })

  it('S11 a session that nobody used for the idle time is over a second after it, and not a second before', async () => {
    await server.close()
    await start(30 * minute)
    const [early, late] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    server.clock.now += 30 * minute - second
    expect(await status(early)).toBe(200)
    server.clock.now += 2 * second
    expect(await status(late)).toBe(401)
    expect(await status(early)).toBe(200)
    server.clock.now += 30 * minute + minute + second
    expect(await status(early)).toBe(401)
  })

  it('S12 a hundred GETs in a minute write to the store at most once', async () => {
    const browser = await server.signIn('UK9394')
    server.clock.now += 5 * minute
    const before = await server.kept.changes()
    for (let count = 0; count < 100; count++) {
      server.clock.now += 599
      expect(await status(browser)).toBe(200)
    }
    // That a use is written at all is what the idle time rests on.
    expect((await server.kept.changes()) - before).toBe(1)
  })

  it('S14 a clock set back by an hour revives no session and breaks none', async () => {
    const [expired, signedOut, alive] = [
      await server.signIn('UK9394'),
      await server.signIn('UK9394'),
      await server.signIn('UK1234'),
    ]
    // A browser forgets the cookie of a session that is over; whoever copied it does not.
    const [expiredCookie, signedOutCookie] = [expired.cookieHeader, signedOut.cookieHeader]
    const replay = async (cookie: string) =>
      (await server.browser().get('/api/session', { headers: { cookie } })).statusCode
    server.clock.now += 24 * hour - minute
    await alive.signIn('UK1234')
    expect((await signedOut.call('DELETE', '/api/session')).statusCode).toBe(204)
    expect(await replay(expiredCookie)).toBe(200)
    server.clock.now += minute
    expect([await replay(expiredCookie), await replay(signedOutCookie)]).toEqual([401, 401])

    server.clock.now -= hour
    expect([await replay(expiredCookie), await replay(signedOutCookie)]).toEqual([401, 401])
    expect(await status(alive)).toBe(200)
    const devices = (await alive.get('/api/devices')).json<{ items: unknown[] }>().items
    expect(devices).toHaveLength(1)
  })
})

describe('the table of sessions in Postgres', () => {
  it('S13 loses a hundred thousand expired sessions to one sweep, and nobody who is signed in', async () => {
    const database = await createTestDatabase()
    const owner = new pg.Client(database.url)
    await owner.connect()
    const now = Date.parse('2026-11-23T05:00:00Z')
    const table = openSessionTable({ url: database.url, timeoutMs: 30_000 })
    const store = new PostgresSessionStore({ table, log: { warn() {} }, now: () => now })
    const insert = `insert into sessions
      (key, broker_id, device_id, label, user_agent, ip, created_at, authenticated_at, last_seen_at, expires_at)
      select $1 || n, 'B' || n % 1000, gen_random_uuid(), '', '', '::1', at, at, at, at + interval '24 hours'
      from generate_series(1, $3::integer) n, (select $2::timestamptz as at)`
    await owner.query(insert, ['expired', new Date(now - 24 * hour), 100_000])
    await owner.query(insert, ['live', new Date(now - 24 * hour + second), 10])
    expect(await store.sweep()).toBe(100_000)
    const { rows } = await owner.query(
      "select count(*)::integer as all, min(key) like 'live%' as live from sessions",
    )
    expect(rows).toEqual([{ all: 10, live: true }])
    await store.close()
    await owner.end()
    await database.drop()
  }, 60_000)
})
