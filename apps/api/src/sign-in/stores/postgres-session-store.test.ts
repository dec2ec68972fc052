import { mintBrokerId } from '@stratdesk/data/broker-id'
import { openSessionTable } from '@stratdesk/data/sessions'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { uuidv7 } from '@stratdesk/data/uuid'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { cuttableDatabase } from '../../testing/cuttable.ts'
import { sessionStoreConformance } from '../session-store.conformance.ts'
import type { SessionStore } from '../session-store.ts'
import { PostgresSessionStore } from './postgres-session-store.ts'
import { timeBoxed } from './time-boxed-store.ts'

const log = { warn: vi.fn() }
const count = 'select count(*)::integer as left from sessions'

sessionStoreConformance(
  'Postgres',
  async () => {
    const database = await createTestDatabase()
    const owner = new pg.Client(database.url)
    await owner.connect()
    return {
      open(options) {
        // A loaded machine may be slower than a server may be; what takes too long is tested by itself.
        const table = openSessionTable({ url: database.url, timeoutMs: 10_000 })
        return new PostgresSessionStore({ table, log, ...options })
      },
      async version(key) {
        return (await owner.query<{ xmin: string }>('select xmin from sessions where key = $1', [key]))
          .rows[0]?.xmin
      },
      async sweep(store) {
        if (store instanceof PostgresSessionStore) await store.sweep()
        return (await owner.query<{ left: number }>(count)).rows[0]?.left ?? 0
      },
      async close() {
        await owner.end()
        await database.drop()
      },
    }
  },
  { manyProcesses: true },
)

describe('the Postgres store', () => {
  const anna = mintBrokerId('UK9394')
  let database: TestDatabase
  let way: Awaited<ReturnType<typeof cuttableDatabase>>
  let owner: pg.Client
  let store: SessionStore
  beforeAll(async () => {
    database = await createTestDatabase()
    way = await cuttableDatabase(database.url)
    owner = new pg.Client(database.url)
    await owner.connect()
    const table = openSessionTable({ url: way.url, timeoutMs: 10_000 })
    store = timeBoxed(new PostgresSessionStore({ table, log }), 1000)
  })
  beforeEach(async () => {
    await owner.query('delete from sessions')
    log.warn.mockClear()
  })
  afterAll(async () => {
    await store.close()
    await owner.end()
    await way.close()
    await database.drop()
  })

  const signIn = async (key: string) => {
    const now = Date.now()
    const times = { createdAt: now, authenticatedAt: now, lastSeenAt: now, expiresAt: now + 3_600_000 }
    const device = { brokerId: anna, deviceId: uuidv7(), label: 'Desk', userAgent: '', ip: '::1', ...times }
    await store.set(key, device)
    return device
  }
  const outage = { code: 'unavailable', retryAfterSeconds: 1 }

  it('lets nobody put half a session there, and keeps nothing of one that has ended', async () => {
    const device = await signIn('k')
    await expect(owner.query("update sessions set label = null where key = 'k'")).rejects.toThrow(
      'live_or_ended',
    )
    await store.revoke(anna, [device.deviceId], 'revoked')
    const { rows } = await owner.query('select * from sessions')
    expect(Object.entries(rows[0]).filter(([, value]) => value !== null)).toEqual([
      ['key', 'k'],
      ['position', expect.any(String)],
      ['ended_at', expect.any(Date)],
      ['end_reason', 'revoked'],
    ])
  })

  it('takes a record that is not whole for no session, and says so once', async () => {
    await signIn('k')
    await owner.query("update sessions set broker_id = 'x'' or 1'")
    expect([await store.get('k'), await store.get('k')]).toEqual([undefined, undefined])
    expect(log.warn).toHaveBeenCalledTimes(1)
    expect(log.warn).toHaveBeenCalledWith({ security: true }, expect.any(String))
  })

  it('S41 answers in time that it is out when Postgres is cut off, and forgets nobody for it', async () => {
    const device = await signIn('k')
    way.cut()
    await expect(store.get('k')).rejects.toMatchObject(outage)
    await expect(store.destroy('k')).rejects.toMatchObject(outage)
    await expect(store.check()).rejects.toMatchObject(outage)
    way.mend()
    const back = performance.now()
    await vi.waitFor(async () => expect(await store.get('k')).toEqual(device), {
      timeout: 5000,
      interval: 20,
    })
    expect(performance.now() - back).toBeLessThan(2000)
  })

  it('S41 answers in time that it is out when Postgres makes it wait', async () => {
    const device = await signIn('k')
    await owner.query('begin')
    await owner.query('lock table sessions in access exclusive mode')
    const began = performance.now()
    await expect(store.get('k')).rejects.toMatchObject(outage)
    expect(performance.now() - began).toBeLessThan(3000)
    await owner.query('rollback')
    expect(await store.get('k')).toEqual(device)
  })
})
