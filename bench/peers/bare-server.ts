import fastify from 'fastify'
import pg from 'pg'
import { serveParent } from '../../scripts/child.ts'

/**
 * What one writes without sessions, scope, row security or schema: a bare route that sends a broker's 50 newest trades.
 * `node bare-server.ts DATABASE_URL PORT POOL_SIZE`; the broker is named in the address.
 */
const [connectionString = '', port = '0', max = '10'] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString, max: Number(max), options: '-c timezone=UTC' })
const app = fastify()

const newest = `
  select trades.id, run_id as "runId", runs.name as "runName", trades.strategy_id as "strategyId", instrument, side,
    quantity, entry_price as "entryPrice", exit_price as "exitPrice", entry_at as "entryAt", exit_at as "exitAt",
    trades.gross, trades.charges, net, entry_reason as "entryReason", exit_reason as "exitReason", trades.mode
  from trades join runs on runs.broker_id = trades.broker_id and runs.id = run_id
  where trades.broker_id = $1
  order by exit_at desc, trades.id desc
  limit 50`

app.get<{ Querystring: { broker: string } }>('/api/trades', async (request) => {
  const { rows } = await pool.query(newest, [request.query.broker])
  return { items: rows }
})

await serveParent(async () => {
  await app.listen({ host: '127.0.0.1', port: Number(port) })
  return {
    stop: async () => {
      await app.close()
      await pool.end()
    },
  }
})
