import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startTestRedis } from '../../apps/api/src/testing/redis.ts'
import { startChild } from '../../scripts/child.ts'
import { freePorts } from '../../scripts/ports.ts'
import { load } from '../load.ts'
import { measurePairs } from '../pairs.ts'
import { sameTrades } from '../peers/trades-peer.ts'
import type { Row } from '../row.ts'
import { seedTrades } from '../seed.ts'
import { startServers } from '../servers.ts'

const brokers = 20
const poolSize = 10

/** The product with its sessions in Redis, against the usual Node stack with its sessions there. */
export const expressStack: Row = {
  name: '1-express',
  work: '`GET /api/trades?limit=50`, signed in, everything on, sessions in Redis, one process',
  against: 'express + express-session + connect-redis + knex, no row security, scope or schema',
  unit: 'requests/s',
  limitedBy: 'The same as row 1, and a round trip to Redis for each request on both sides.',
  mark: { atLeast: 1 },
  async run({ databaseUrl, rounds, seconds }) {
    await seedTrades(databaseUrl, { brokers, trades: 1000 })
    const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-api-'))
    const redis = await startTestRedis()
    const servers = await startServers(databaseUrl, dataDir, { ENGINE: 'off', REDIS_URL: redis.url })
    const [port = 0] = await freePorts(1)
    const peer = startChild({
      name: 'express-server',
      file: fileURLToPath(new URL('../peers/express-server.ts', import.meta.url)),
      args: [databaseUrl, redis.url, String(port), String(poolSize)],
    })
    try {
      await peer.ready
      const { ours, theirs } = await sameTrades(servers, `http://127.0.0.1:${port}`, brokers)
      return await measurePairs(
        (time) => load(ours, time),
        (time) => load(theirs, time),
        { rounds, seconds },
      )
    } finally {
      await Promise.all([servers.close(), peer.stop()])
      await redis.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}
