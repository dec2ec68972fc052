import { hash, randomBytes } from 'node:crypto'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DeviceSession } from './device-session.ts'
import type { SessionKey, SessionStore } from './session-store.ts'

/** A store under test, on its real server. */
export interface StoreUnderTest {
  /** A store of one process; those of a test share what is stored. */
  open(options: { readonly now: () => number; readonly idleMs: number }): SessionStore
  /** Changes whenever the stored session is written. */
  version(key: SessionKey, store: SessionStore): Promise<unknown>
  /** Deletes what has expired, as the store does from time to time; answers how much is left of sessions and endings. */
  sweep(store: SessionStore): Promise<number>
  close(): Promise<void>
}

const [minute, hour] = [60_000, 3_600_000]
const idleMs = 30 * minute
const [anna, ben] = [mintBrokerId('UK9394'), mintBrokerId('UK1234')]

/** What every session store promises. A store of one process alone is opened once a test. */
export function sessionStoreConformance(
  name: string,
  start: () => Promise<StoreUnderTest>,
  { manyProcesses }: { readonly manyProcesses: boolean },
): void {
  let under: StoreUnderTest
  let now: number
  let store: SessionStore
  let other: SessionStore
  const opened: SessionStore[] = []
  const open = (idle = 0) => {
    const made = under.open({ now: () => now, idleMs: idle })
    opened.push(made)
    return made
  }
  beforeAll(async () => {
    under = await start()
  })
  beforeEach(() => {
    now = Date.parse('2026-11-23T05:00:00Z')
    store = open()
    other = manyProcesses ? open() : store
    return async () => {
      for (const made of opened.splice(0)) {
        for (const brokerId of [anna, ben]) {
          const ids = (await made.devices(brokerId)).map(({ deviceId }) => deviceId)
          await made.revoke(brokerId, ids, 'revoked')
        }
        await made.close()
      }
    }
  })
  afterAll(() => under.close())

  const newKey = () => hash('sha256', randomBytes(32).toString('base64url'), 'base64url')
  const session = (brokerId = anna): DeviceSession => ({
    brokerId,
    deviceId: uuidv7(),
    label: 'Chrome „auf“ Linux ✓',
    userAgent: '',
    ip: '::1',
    createdAt: now,
    authenticatedAt: now,
    lastSeenAt: now,
    expiresAt: now + 24 * hour,
  })
  const signIn = async (brokerId = anna) => {
    const [key, device] = [newKey(), session(brokerId)]
    await store.set(key, device)
    return { key, device }
  }

  describe(`a session in ${name}`, () => {
    it('is found under its key in every process, whole', async () => {
      const { key, device } = await signIn()
      expect(await other.get(key)).toEqual(device)
      expect([await other.isLive(key), await other.endedBecause(key)]).toEqual([true, undefined])
      const unknown = newKey()
      expect([await other.get(unknown), await other.isLive(unknown)]).toEqual([undefined, false])
      expect(await other.endedBecause(unknown)).toBeUndefined()
    })

    it('S10 ends 24 hours after sign-in, however busy it was', async () => {
      const { key } = await signIn()
      for (let at = 0; at < 48; at++) {
        expect(await store.get(key)).toBeDefined()
        now += hour / 2
      }
      expect(await other.get(key)).toBeUndefined()
      expect(await store.endedBecause(key)).toBe('expired')
    })

    it('S11 ends when it was idle for too long, not a second before', async () => {
      const [idle, elsewhere] = [open(idleMs), manyProcesses ? open(idleMs) : undefined]
      const [key, device] = [newKey(), session()]
      await idle.set(key, device)
      now += idleMs - 1000
      expect(await idle.isLive(key)).toBe(true)
      expect(await idle.get(key)).toBeDefined()
      now += idleMs
      expect(await (elsewhere ?? idle).get(key)).toBeDefined()
      now += idleMs + 1000
      expect(await idle.isLive(key)).toBe(false)
      expect(await (elsewhere ?? idle).get(key)).toBeUndefined()
    })

    it('S12 is written at most once a minute by being used', async () => {
      const { key } = await signIn()
      const versions = new Set([await under.version(key, store)])
      for (let call = 0; call < 100; call++) {
        now += 600
        await Promise.all([store.get(key), other.get(key)])
        versions.add(await under.version(key, store))
      }
      expect(versions.size).toBe(2)
      expect((await store.get(key))?.lastSeenAt).toBe(now)
    })

    it('S14 that has ended does not come back, neither by a late write nor by a clock that is set back', async () => {
      const { key, device } = await signIn()
      await other.destroy(key)
      expect(await store.set(key, device)).toEqual([])
      expect(await store.get(key)).toBeUndefined()
      expect(await store.devices(anna)).toEqual([])
      const [short, shortly] = [newKey(), { ...session(), expiresAt: now + 1000 }]
      await store.set(short, shortly)
      now += 2000
      expect(await store.get(short)).toBeUndefined()
      now -= hour
      const fresh = manyProcesses ? open() : store
      expect([await fresh.get(short), await fresh.isLive(short), await fresh.devices(anna)]).toEqual([
        undefined,
        false,
        [],
      ])
      await fresh.set(short, shortly)
      expect(await fresh.get(short)).toBeUndefined()
      const [listed, once] = [newKey(), { ...session(), expiresAt: now + 2 * hour }]
      await store.set(listed, once)
      now += 2 * hour
      expect(await store.devices(anna)).toEqual([])
      now -= hour
      expect([await store.get(listed), await store.devices(anna)]).toEqual([undefined, []])
    })

    it('tells for ten minutes why it is over; the first reason stays', async () => {
      const { key, device } = await signIn()
      await store.revoke(anna, [device.deviceId], 'keys-changed')
      await store.destroy(key)
      const plain = newKey()
      await store.destroy(plain)
      expect([await other.endedBecause(key), await other.endedBecause(plain)]).toEqual([
        'keys-changed',
        'signed-out',
      ])
      now += 10 * minute - 1
      expect(await other.endedBecause(key)).toBe('keys-changed')
      now += 1
      expect(await other.endedBecause(key)).toBeUndefined()
    })
  })

  describe(`the sessions of an account in ${name}`, () => {
    it('are apart from those of another', async () => {
      const [mine, theirs] = [await signIn(anna), await signIn(ben)]
      expect(await other.devices(anna)).toEqual([mine.device])
      expect(await other.rename(anna, theirs.device.deviceId, 'Stolen')).toBeUndefined()
      const both = [mine.device.deviceId, theirs.device.deviceId, uuidv7()]
      expect(await other.revoke(anna, both, 'revoked')).toEqual([mine.device])
      expect([await store.get(mine.key), await store.get(theirs.key)]).toEqual([undefined, theirs.device])
      expect(await other.revoke(anna, both, 'revoked')).toEqual([])
      expect(await other.revoke(ben, [], 'revoked')).toEqual([])
    })

    it('are one for each device: the later sign-in stays', async () => {
      const [laptop, phone] = [await signIn(), await signIn()]
      const again = newKey()
      await other.set(again, laptop.device)
      expect([await store.get(laptop.key), await store.endedBecause(laptop.key)]).toEqual([
        undefined,
        'signed-in-again',
      ])
      expect(await store.devices(anna)).toEqual([phone.device, laptop.device])
      await store.set(laptop.key, laptop.device)
      expect(await store.get(again)).toEqual(laptop.device)
      await store.set(newKey(), { ...session(ben), deviceId: laptop.device.deviceId })
      expect(await store.get(again)).toEqual(laptop.device)
    })

    it('that expired are not listed and cannot be renamed or revoked', async () => {
      const { device } = await signIn()
      now += 24 * hour
      expect(await store.devices(anna)).toEqual([])
      expect(await store.rename(anna, device.deviceId, 'Late')).toBeUndefined()
      expect(await store.revoke(anna, [device.deviceId], 'revoked')).toEqual([])
    })

    it('S25 are twenty at most: the one signed in longest goes, and who has expired does not count', async () => {
      const [key, short] = [newKey(), { ...session(), expiresAt: now + 1000 }]
      await store.set(key, short)
      const signedIn = []
      for (let count = 0; count < 19; count++) signedIn.push(await signIn())
      now += 1000
      expect(await other.set(newKey(), session())).toEqual([])
      const first = signedIn[0]
      // Being seen and renamed does not make it younger.
      now += minute
      await store.get(first?.key ?? '')
      await store.rename(anna, first?.device.deviceId ?? '', 'Oldest')
      const gone = await other.set(newKey(), session())
      expect(gone).toEqual([{ ...first?.device, label: 'Oldest', lastSeenAt: now }])
      expect(await store.endedBecause(first?.key ?? '')).toBe('too-many-devices')
      expect(await store.devices(anna)).toHaveLength(20)
    })
  })

  describe(`at once in ${name}`, () => {
    it('S25 many sign-ins leave twenty devices, and every other was told', async () => {
      const all = Array.from({ length: 30 }, () => ({ key: newKey(), device: session() }))
      const gone = await Promise.all(
        all.map(({ key, device }, at) => (at % 2 ? store : other).set(key, device)),
      )
      const kept = (await store.devices(anna)).map(({ deviceId }) => deviceId)
      const told = gone.flat().map(({ deviceId }) => deviceId)
      expect([kept.length, told.length]).toEqual([20, 10])
      expect([...kept, ...told].toSorted()).toEqual(all.map(({ device }) => device.deviceId).toSorted())
    })

    it('of two sign-ins of one device one stays', async () => {
      for (let round = 0; round < 50; round++) {
        const device = session()
        const keys = [newKey(), newKey()]
        await Promise.all([store.set(keys[0] ?? '', device), other.set(keys[1] ?? '', device)])
        const live = await Promise.all(keys.map((key) => store.isLive(key)))
        expect(live.filter(Boolean)).toHaveLength(1)
        await store.revoke(anna, [device.deviceId], 'revoked')
      }
    }, 60_000)

    it('S17 parallel writes are both kept: a rename and being seen', async () => {
      const { key, device } = await signIn()
      for (let round = 0; round < 200; round++) {
        now += minute
        const label = `Desk ${round}`
        const rename = () => other.rename(anna, device.deviceId, label)
        await Promise.all(round % 2 ? [store.get(key), rename()] : [rename(), store.get(key)])
        expect(await other.devices(anna)).toEqual([{ ...device, label, lastSeenAt: now }])
      }
    }, 60_000)

    it('S16 a sign-out is not undone by reads and writes in flight', async () => {
      for (let round = 0; round < 200; round++) {
        const { key, device } = await signIn()
        now += minute
        const ending = round % 2 ? other.destroy(key) : other.revoke(anna, [device.deviceId], 'signed-out')
        await Promise.all([
          store.get(key),
          store.set(key, device),
          ending,
          store.rename(anna, device.deviceId, 'Late'),
          other.get(key),
          other.set(key, device),
          store.get(key),
        ])
        expect([await store.get(key), await other.isLive(key)]).toEqual([undefined, false])
        expect(await other.endedBecause(key)).toBe('signed-out')
        expect(await store.devices(anna)).toEqual([])
      }
    }, 60_000)
  })

  describe(`the rubbish of ${name}`, () => {
    it('S13 is swept: expired sessions and old endings leave nothing behind', async () => {
      // Past whatever earlier tests have left.
      now += 48 * hour
      await under.sweep(store)
      const keys = []
      for (let count = 0; count < 1000; count += 50) {
        const made = Array.from({ length: 50 }, (_, at) => ({
          key: newKey(),
          device: session(mintBrokerId(`B${count + at}`)),
        }))
        await Promise.all(made.map(({ key, device }) => store.set(key, device)))
        keys.push(...made.map(({ key }) => key))
      }
      const live = await signIn()
      await Promise.all(keys.slice(0, 100).map((key) => store.destroy(key)))
      now += 10 * minute - 1
      await under.sweep(store)
      expect(await store.endedBecause(keys[0] ?? '')).toBe('signed-out')
      now += 23 * hour
      expect(await store.get(live.key)).toBeDefined()
      await signIn()
      now += hour
      expect(await under.sweep(store)).toBe(1)
    }, 60_000)
  })
}
