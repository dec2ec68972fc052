import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Redis } from 'ioredis'
import { startTestRedis, type TestRedis } from '../testing/redis.ts'
import { startTestServer } from '../testing/server.ts'
import { connectRedis } from './stores/redis-client.ts'

let server: TestRedis
let redis: Redis
beforeAll(async () => {
  server = await startTestRedis()
  redis = await connectRedis({ url: server.url, log: { warn: vi.fn(), info: vi.fn() } })
  // A loaded machine may be slower than a server may be.
  redis.options.commandTimeout = 10_000
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

it('sign-ins are counted for all processes together in Redis, and for nobody while it is away', async () => {
  const settings = { redis, signInsPerMinute: 3 }
  const [one, two] = [await startTestServer(settings), await startTestServer(settings)]
  const begin = async ({ browser }: typeof one) =>
    (await browser().post('/api/sign-in/kite', { apiKey: 'demo-key', apiSecret: 'demo-secret' })).statusCode
  const seen = []
  for (const at of [one, two, one, two, one]) seen.push(await begin(at))
  expect(seen).toEqual([200, 200, 200, 429, 429])
  const keys = await server.ask((client) => client.keys('*'))
  expect(keys.length).toBeGreaterThan(0)
  expect(keys.filter((key) => !key.startsWith('stratdesk:sign-in-limit:'))).toEqual([])
  await server.kill()
  expect([await begin(one), await begin(two)]).toEqual([200, 200])
  await one.close()
  await two.close()
})
