import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DeviceSession } from './device-session.ts'
import { MemorySessionStore } from './memory-session-store.ts'
import { sessionStoreConformance } from './session-store.conformance.ts'

const hour = 3_600_000
const anna = mintBrokerId('UK9394')
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

sessionStoreConformance(
  'memory',
  async () => ({
    open: (options) => new MemorySessionStore(options),
    version: async (_key, memory) => memory instanceof MemorySessionStore && memory.writes,
    async sweep(memory) {
      if (!(memory instanceof MemorySessionStore)) return 0
      memory.sweep()
      return memory.size + memory.endings
    },
    close: async () => {},
  }),
  { manyProcesses: false },
)

describe('the store', () => {
  it.each([0, 30 * 60_000])(
    'S13 forgets what has expired: a hundred thousand sessions leave nothing behind (idle time %i)',
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
