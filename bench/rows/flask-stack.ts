import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestRedis } from '../../apps/api/src/testing/redis.ts'
import { freePorts } from '../../scripts/ports.ts'
import { load } from '../load.ts'
import { measurePairs } from '../pairs.ts'
import { requireFlask, startFlask } from '../peers/flask/start-flask.ts'
import { sameTrades } from '../peers/trades-peer.ts'
import type { Row } from '../row.ts'
import { seedTrades } from '../seed.ts'
import { startServers } from '../servers.ts'

const brokers = 20

/** Row 2: two of our workers against the stack of the Flask program that the product grew from. */
export function flaskStack(sessions: 'each its own' | 'Redis'): Row {
  const inRedis = sessions === 'Redis'
  return {
    name: inRedis ? '2-redis' : '2',
    work: `\`GET /api/trades?limit=50\`, signed in, everything on, \`WORKERS=2\`, sessions in ${inRedis ? 'Redis' : 'Postgres'}`,
    against: `Flask + SQLAlchemy + psycopg2 under \`gunicorn -w 4 --threads 4\`, sessions in ${inRedis ? 'Redis' : 'signed cookies'}`,
    unit: 'requests/s',
    limitedBy:
      'Two cores: both of our workers, Postgres and the load generator share them, so that the second worker gains little over one.',
    mark: { atLeast: inRedis ? 3.5 : 3 },
    async run({ databaseUrl, rounds, seconds }) {
      requireFlask()
      await seedTrades(databaseUrl, { brokers, trades: 1000 })
      const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-api-'))
      const redis = await startTestRedis()
      const env: Record<string, string> = inRedis ? { REDIS_URL: redis.url } : {}
      const servers = await startServers(databaseUrl, dataDir, { ENGINE: 'off', WORKERS: '2', ...env })
      const [port = 0] = await freePorts(1)
      const peer = await startFlask(port, { DATABASE_URL: databaseUrl, ...env })
      try {
        const { ours, theirs } = await sameTrades(servers, peer.url, brokers)
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
}
