import { RedisStore } from 'connect-redis'
import express from 'express'
import session from 'express-session'
import knex from 'knex'
import { createClient } from 'redis'
import { serveParent } from '../../scripts/child.ts'

/**
 * The usual stack: express, sessions in Redis, knex. No row security, scope or schema. `POST /sign-in?broker=…` gives a
 * session. `node express-server.ts DATABASE_URL REDIS_URL PORT POOL_SIZE`.
 */
const [connectionString = '', redisUrl = '', port = '0', max = '10'] = process.argv.slice(2)
declare module 'express-session' {
  interface SessionData {
    brokerId: string
  }
}

const client = await createClient({ url: redisUrl }).connect()
const db = knex({
  client: 'pg',
  connection: { connectionString, options: '-c timezone=UTC' },
  pool: { max: Number(max) },
})
const app = express()
app.disable('x-powered-by')
app.use(
  session({
    secret: 'a secret of the benchmark, long enough to sign',
    store: new RedisStore({ client }),
    resave: false,
    saveUninitialized: false,
  }),
)

app.post('/sign-in', (request, response) => {
  const { broker } = request.query
  if (typeof broker !== 'string') return void response.status(400).json({})
  request.session.brokerId = broker
  response.json({})
})

app.get('/api/trades', async (request, response) => {
  const { brokerId } = request.session
  if (brokerId === undefined) return void response.status(401).json({ message: 'Sign in to go on' })
  const items = await db('trades')
    .join('runs', (on) => on.on('runs.broker_id', 'trades.broker_id').on('runs.id', 'trades.run_id'))
    .where('trades.broker_id', brokerId)
    .orderBy([
      { column: 'exit_at', order: 'desc' },
      { column: 'trades.id', order: 'desc' },
    ])
    .limit(50)
    .select('trades.id', 'run_id as runId', 'runs.name as runName', 'trades.strategy_id as strategyId')
    .select('instrument', 'side', 'quantity', 'entry_price as entryPrice', 'exit_price as exitPrice')
    .select('entry_at as entryAt', 'exit_at as exitAt', 'trades.gross', 'trades.charges', 'net')
    .select('entry_reason as entryReason', 'exit_reason as exitReason', 'trades.mode')
  response.json({ items })
})

await serveParent(async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const server = app.listen(Number(port), '127.0.0.1', () => resolve())
  await promise
  return {
    stop: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await Promise.all([db.destroy(), client.close()])
    },
  }
})
