import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeviceSession } from './device-session.ts'
import { MemorySessionStore } from './memory-session-store.ts'

const hour = 3_600_000
const [anna, ben] = [mintBrokerId('UK9394'), mintBrokerId('UK1234')]
let now: number
let store: MemorySessionStore
beforeEach(() => {
  now = Date.parse('2026-11-23T05:00:00Z')
  store = new MemorySessionStore({ now: () => now, idleMs: 30 * 60_000 })
})
afterEach(() => store.close())

function session(brokerId = anna): DeviceSession {
  return {
    brokerId,
    deviceId: uuidv7(),
    label: 'Chrome on Linux',
    userAgent: '',
    ip: '127.0.0.1',
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: now + 24 * hour,
  }
}

describe('a session', () => {
  it('ends 24 hours after sign-in, however busy it was', async () => {
    await store.set('key', session())
    for (let minute = 0; minute < 24 * 60; minute++) {
      expect(await store.get('key')).toBeDefined()
      now += 60_000
    }
    expect(await store.get('key')).toBeUndefined()
  })

  it('ends when it was not used for the idle time, not a second before', async () => {
    await store.set('key', session())
    now += 30 * 60_000
    expect(await store.get('key')).toBeDefined()
    now += 30 * 60_000 + 1000
    expect(await store.get('key')).toBeUndefined()
  })

  it('is written at most once a minute by being used', async () => {
    await store.set('key', session())
    const before = store.writes
    for (let call = 0; call < 100; call++) {
      now += 599
      await store.get('key')
    }
    expect(store.writes - before).toBeLessThanOrEqual(1)
  })

  it('that has ended does not come back, neither by a late write nor by a clock that is set back', async () => {
    await store.set('key', session())
    await store.destroy('key')
    await store.set('key', session())
    expect(await store.get('key')).toBeUndefined()
    const short = { ...session(), expiresAt: now + 1000 }
    await store.set('short', short)
    now += 2000
    expect(await store.get('short')).toBeUndefined()
    now -= hour
    expect(await store.get('short')).toBeUndefined()
    await store.set('short', short)
    expect(await store.get('short')).toBeUndefined()
  })
})

describe('the store', () => {
  it('keeps the devices of accounts apart', async () => {
    const [mine, theirs] = [session(anna), session(ben)]
    await store.set('a', mine)
    await store.set('b', theirs)
    expect(await store.devices(anna)).toEqual([mine])
    expect(await store.rename(anna, theirs.deviceId, 'Stolen')).toBeUndefined()
    expect(await store.revoke(anna, [mine.deviceId, theirs.deviceId], 'revoked')).toEqual([mine])
    expect(await store.get('b')).toEqual(theirs)
  })

  it('keeps a rename that comes with other writes', async () => {
    const first = session()
    await store.set('a', first)
    now += 61_000
    await Promise.all([store.get('a'), store.rename(anna, first.deviceId, 'Desk'), store.get('a')])
    expect(await store.get('a')).toMatchObject({ label: 'Desk', lastSeenAt: now })
  })

  it('keeps one session to a device: of two sign-ins at once the later one stays', async () => {
    const [laptop, phone] = [session(), session()]
    await Promise.all([store.set('phone', phone), store.set('a', laptop), store.set('b', laptop)])
    expect(await store.get('a')).toBeUndefined()
    expect(await store.get('b')).toEqual(laptop)
    expect(await store.devices(anna)).toEqual([phone, laptop])
    await store.set('a', laptop)
    expect(await store.get('b')).toEqual(laptop)
    await store.set('theirs', { ...session(ben), deviceId: laptop.deviceId })
    expect(await store.get('b')).toEqual(laptop)
  })

  it.each([0, 30 * 60_000])(
    'forgets what has expired: a hundred thousand sessions leave nothing behind (idle time %i)',
    async (idleMs) => {
      const large = new MemorySessionStore({ now: () => now, idleMs })
      for (let count = 0; count < 100_000; count++)
        await large.set(`k${count}`, session(mintBrokerId(`B${count}`)))
      expect(large.size).toBe(100_000)
      now += 24 * hour
      large.sweep()
      expect([large.size, large.endings]).toEqual([0, 0])
      expect(await large.devices(mintBrokerId('B7'))).toEqual([])
      await large.close()
    },
  )

  it('remembers endings for ten minutes, and a bounded number of them', async () => {
    for (let count = 0; count < 50; count++) await store.set(`k${count}`, session())
    expect([store.size, store.endings]).toEqual([20, 30])
    now += 10 * 60_000 - 1
    store.sweep()
    expect(store.endings).toBe(30)
    now += 1
    store.sweep()
    expect(store.endings).toBe(0)
    for (let count = 0; count < 200_500; count++) await store.destroy(`d${count}`)
    expect(store.endings).toBe(200_000)
  })

  it('refuses more sessions than it may hold, and takes them again when others have expired', async () => {
    const small = new MemorySessionStore({ now: () => now, sessionsMax: 2 })
    await small.set('a', session())
    await small.set('b', session())
    await expect(small.set('c', session())).rejects.toMatchObject({ code: 'unavailable' })
    now += 24 * hour
    await small.set('c', session())
    expect(await small.get('c')).toBeDefined()
    await small.close()
  })
})
