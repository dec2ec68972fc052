import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { inputError } from '../kite-error.ts'
import { catalogueAt, type Instrument } from '../market/instruments.ts'
import type { Simulator } from '../simulator.ts'
import { read } from './read.ts'

const compress = promisify(gzip)
const paramsSchema = z.object({ exchange: z.string().optional() })
const columns =
  'instrument_token,exchange_token,tradingsymbol,name,last_price,expiry,strike,tick_size,lot_size,instrument_type,segment,exchange'

/** `/instruments` and `/instruments/:exchange`: the instruments file as CSV, gzipped for those who take it. Open to all, as at Kite. */
export function instrumentRoutes(app: FastifyInstance, sim: Simulator): void {
  app.get('/instruments/:exchange?', async (request, reply) => {
    const { exchange } = read(paramsSchema, request.params)
    const second = sim.world.second()
    const all = catalogueAt(second).all
    const chosen = exchange ? all.filter((one) => one.exchange === exchange) : all
    if (chosen.length === 0) throw inputError('Invalid `exchange`.')
    const rows = chosen.map((one) => row(one, sim.market.last(one, second)))
    const csv = `${[columns, ...rows].join('\n')}\n`
    reply.header('content-type', 'text/csv').header('vary', 'accept-encoding')
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return csv
    return reply.header('content-encoding', 'gzip').send(await compress(csv))
  })
}

function row(one: Instrument, lastPaise: number): string {
  const isIndex = one.segment === 'INDICES'
  return [
    one.token,
    one.token >> 8,
    one.symbol,
    one.name,
    lastPaise / 100,
    one.expiry,
    0,
    isIndex ? 0 : one.tickPaise / 100,
    isIndex ? 0 : one.lotSize,
    one.type,
    one.segment,
    one.exchange,
  ].join(',')
}
