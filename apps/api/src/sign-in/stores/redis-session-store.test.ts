import { setTimeout } from 'node:timers/promises'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestRedis, type TestRedis } from '../../testing/redis.ts'
import { sessionStoreConformance } from '../session-store.conformance.ts'
import type { SessionStore } from '../session-store.ts'
import { connectRedis } from './redis-client.ts'
import { RedisSessionStore } from './redis-session-store.ts'
import { timeBoxed } from './time-boxed-store.ts'

const log = { warn: vi.fn(), info: vi.fn() }

/** A loaded machine may be slower than a server may be; what takes too long is tested by itself. */
const connect = async (url: string) => {
  const redis = await connectRedis({ url, log })
  redis.options.commandTimeout = 10_000
  redis.options.socketTimeout = 10_000
  return redis
}

sessionStoreConformance(
  'Redis',
  async () => {
    const server = await startTestRedis()
    const clients = [await connect(server.url), await connect(server.url)]
    let opened = 0
    const commands = async () => {
      const facts = await server.ask((client) => client.info('commandstats'))
      return /cmdstat_hset:calls=(\d+)/.exec(facts)?.[1]
    }
    return {
      open(options) {
        const redis = clients[opened++ % 2]
        if (!redis) throw new Error('No connection')
        return new RedisSessionStore({ redis, log, ...options })
      },
      version: commands,
      // Redis forgets by itself, by its own clock: here the time to live is what there is to see.
      sweep: async () =>
        await server.ask(async (client) => {
          const keys = await client.keys('*')
          const left = await Promise.all(keys.map((key) => client.pttl(key)))
          expect(left.every((ttl) => ttl > 0 && ttl <= 25 * 3_600_000)).toBe(true)
          return 1
        }),
      async close() {
        for (const client of clients) client.disconnect()
        await server.stop()
      },
    }
  },
  { manyProcesses: true },
)

describe('the Redis store', () => {
  const anna = mintBrokerId('UK9394')
  let server: TestRedis
  let redis: Redis
  let store: SessionStore
  let bare: SessionStore
  beforeAll(async () => {
    server = await startTestRedis()
    redis = await connectRedis({ url: server.url, log })
    bare = new RedisSessionStore({ redis, log })
    store = timeBoxed(bare)
  })
  beforeEach(async () => {
    await vi.waitFor(() => store.check(), { timeout: 10_000, interval: 20 })
    await server.flush()
    log.warn.mockClear()
  })
  afterAll(async () => {
    redis.disconnect()
    await server.stop()
  })

  const signIn = async (key: string, userAgent = '') => {
    const now = Date.now()
    const times = { createdAt: now, authenticatedAt: now, lastSeenAt: now, expiresAt: now + 3_600_000 }
    const device = { brokerId: anna, deviceId: uuidv7(), label: 'Desk', userAgent, ip: '::1', ...times }
    await store.set(key, device)
    return device
  }
  const securityLines = () => log.warn.mock.calls.filter(([facts]) => facts.security === true)
  const outage = { code: 'unavailable', retryAfterSeconds: 1 }

  it.each<readonly [string, (client: Redis) => Promise<unknown>]>([
    ['a text', (client: Redis) => client.set('stratdesk:session:k', 'garbage')],
    [
      'a list',
      (client: Redis) =>
        client.del('stratdesk:session:k').then(() => client.lpush('stratdesk:session:k', 'x')),
    ],
    ['a missing field', (client: Redis) => client.hdel('stratdesk:session:k', 'expiresAt')],
    ['a missing label', (client: Redis) => client.hdel('stratdesk:session:k', 'label')],
    ['no number for a time', (client: Redis) => client.hset('stratdesk:session:k', 'createdAt', 'NaN')],
    ['a time without end', (client: Redis) => client.hset('stratdesk:session:k', 'expiresAt', 'inf')],
    ['a time that is none', (client: Redis) => client.hset('stratdesk:session:k', 'expiresAt', 'nan')],
    ['an account that is none', (client: Redis) => client.hset('stratdesk:session:k', 'brokerId', "x' or 1")],
    ['another account', (client: Redis) => client.hset('stratdesk:session:k', 'brokerId', 'UK1234')],
    ['no account list', (client: Redis) => client.del('stratdesk:account:UK9394:sessions')],
    [
      'an account list of another type',
      (client: Redis) => client.set('stratdesk:account:UK9394:sessions', 'x'),
    ],
  ])('takes a record with %s for no session, and says so once', async (_what, spoil) => {
    await signIn('k')
    await server.ask(spoil)
    expect([await store.get('k'), await store.get('k'), await store.isLive('k')]).toEqual([
      undefined,
      undefined,
      false,
    ])
    expect(securityLines()).toHaveLength(1)
    expect(await store.devices(anna)).toEqual([])
    await signIn('fresh')
    expect(await store.get('fresh')).toBeDefined()
  })

  it('takes a tombstone that is not one for an ending without a reason', async () => {
    await signIn('k')
    await server.ask((client) => client.lpush('stratdesk:ended:k', 'x'))
    expect(await store.endedBecause('k')).toBeUndefined()
    await server.ask((client) => client.set('stratdesk:ended:l', 'because 99999999999999'))
    expect(await store.endedBecause('l')).toBeUndefined()
    await signIn('l')
    expect(await store.get('l')).toBeUndefined()
  })

  it('that was emptied has signed everybody out, cleanly', async () => {
    await signIn('k')
    await server.flush()
    // The scripts are gone as well.
    await server.ask((client) => client.script('FLUSH'))
    expect([await store.get('k'), await store.devices(anna)]).toEqual([undefined, []])
    await signIn('l')
    expect(await store.get('l')).toBeDefined()
    expect(securityLines()).toEqual([])
  })

  it('keeps the broker_id in every key about an account, and no id of a cookie', async () => {
    await signIn('k')
    await signIn('k2')
    await store.destroy('k2')
    const keys = await server.ask((client) => client.keys('*'))
    expect(keys.toSorted()).toEqual([
      'stratdesk:account:UK9394:sessions',
      'stratdesk:ended:k2',
      'stratdesk:session:k',
    ])
  })

  it('S41 answers in time that it is out when Redis is killed, and is back within two seconds of its return', async () => {
    await signIn('k')
    await server.kill()
    const began = performance.now()
    await expect(store.get('k')).rejects.toMatchObject(outage)
    await expect(store.check()).rejects.toMatchObject(outage)
    expect(performance.now() - began).toBeLessThan(2000)
    await server.restart()
    const back = performance.now()
    await vi.waitFor(async () => expect(await store.get('k')).toBeUndefined(), {
      timeout: 5000,
      interval: 20,
    })
    expect(performance.now() - back).toBeLessThan(2000)
    await signIn('k')
    expect(await store.isLive('k')).toBe(true)
  })

  it('S41 answers in time that it is out when Redis hangs, and forgets nobody for it', async () => {
    const device = await signIn('k')
    server.pause()
    const calls = [
      store.get('k'),
      store.isLive('k'),
      store.destroy('other'),
      store.set('k3', { ...device, deviceId: uuidv7() }),
    ]
    const began = performance.now()
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({ status: 'rejected', reason: outage })
    expect(performance.now() - began).toBeLessThan(2000)
    // Long enough that the connection is given up too.
    await setTimeout(1500)
    server.resume()
    const back = performance.now()
    await vi.waitFor(async () => expect(await store.get('k')).toEqual(device), {
      timeout: 5000,
      interval: 20,
    })
    expect(performance.now() - back).toBeLessThan(2000)
  })
})

describe('connecting to Redis', () => {
  it('waits for one that comes late, and says so', async () => {
    const server = await startTestRedis()
    await server.kill()
    const lines = { warn: vi.fn(), info: vi.fn() }
    const connecting = connectRedis({ url: server.url, log: lines })
    await vi.waitFor(() => expect(lines.warn).toHaveBeenCalled())
    await server.restart()
    const redis = await connecting
    expect(await redis.ping()).toBe('PONG')
    expect(lines.warn).toHaveBeenCalledTimes(1)
    expect(lines.info).toHaveBeenCalledTimes(1)
    redis.disconnect()
    await server.stop()
  })

  it('gives up after a time, naming the place and not the password', async () => {
    const server = await startTestRedis()
    await server.kill()
    const url = server.url.replace('//', '//:secret-word@')
    const lines = { warn: vi.fn(), info: vi.fn() }
    const failure = await connectRedis({ url, log: lines, patienceMs: 300 }).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^Redis at redis:\/\/127\.0\.0\.1:\d+ could not/),
    })
    const said = JSON.stringify([
      String(failure),
      lines.warn.mock.calls.map(([facts]) => [facts.redis, String(facts.err)]),
    ])
    expect(said).not.toContain('secret-word')
    await server.stop()
  })
})
