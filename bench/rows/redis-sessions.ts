import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestRedis } from '../../apps/api/src/testing/redis.ts'
import { load, type Target } from '../load.ts'
import { measurePairs } from '../pairs.ts'
import type { Row } from '../row.ts'
import { brokerIds, seedTrades } from '../seed.ts'
import { type Servers, signIn, startServers } from '../servers.ts'

const brokers = 20

/** Row 5: what it costs a whole request that its session is read from Redis, not from the process' memory. */
export const redisSessions: Row = {
  name: '5',
  work: '`GET /api/trades?limit=50`, sessions in Redis',
  against: 'the same server with sessions in memory',
  unit: 'requests/s',
  limitedBy: 'One more round trip to another process, and that process’s share of the two cores.',
  mark: { atLeast: 0.8 },
  async run({ databaseUrl, rounds, seconds }) {
    await seedTrades(databaseUrl, { brokers, trades: 1000 })
    const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-api-'))
    const redis = await startTestRedis()
    const inRedis = await startServers(databaseUrl, dataDir, { ENGINE: 'off', REDIS_URL: redis.url })
    const inMemory = await startServers(databaseUrl, dataDir, { ENGINE: 'off', SESSION_STORE: 'memory' })
    try {
      const [ours, theirs] = [await signedIn(inRedis), await signedIn(inMemory)]
      return await measurePairs(
        (time) => load(ours, time),
        (time) => load(theirs, time),
        { rounds, seconds },
      )
    } finally {
      await Promise.all([inRedis.close(), inMemory.close()])
      await redis.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}

async function signedIn(servers: Servers): Promise<Target> {
  const cookies = await Promise.all(brokerIds(brokers).map((id) => signIn(servers, id)))
  return {
    url: servers.apiUrl,
    requests: cookies.map((cookie) => ({ path: '/api/trades?limit=50', headers: { cookie } })),
  }
}
