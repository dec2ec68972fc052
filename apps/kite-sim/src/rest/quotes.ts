import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { istText } from '../ist.ts'
import { inputError } from '../kite-error.ts'
import type { Level } from '../market/depth.ts'
import { catalogueAt, type Instrument } from '../market/instruments.ts'
import type { Snapshot } from '../market/market.ts'
import type { Simulator } from '../simulator.ts'
import { signedIn, success } from './plumbing.ts'
import { read } from './read.ts'

const querySchema = z.object({ i: z.union([z.string(), z.array(z.string())]) })

/** `/quote`, `/quote/ohlc`, `/quote/ltp` of instruments named `NSE:INFY` or by token. Unknown ones are left out, as at Kite. */
export function quoteRoutes(app: FastifyInstance, sim: Simulator): void {
  const answer = (request: FastifyRequest, namesMax: number, shape: (snapshot: Snapshot) => unknown) => {
    signedIn(request, sim.sessions)
    const second = sim.world.second()
    const found = [...askedFor(request.query, second, namesMax)]
    return success(
      Object.fromEntries(found.map(([name, one]) => [name, shape(sim.market.snapshot(one, second))])),
    )
  }
  app.get('/quote', (request) => answer(request, 500, quote))
  app.get('/quote/ohlc', (request) => answer(request, 1000, ohlc))
  app.get('/quote/ltp', (request) => answer(request, 1000, ltp))
}

function askedFor(query: unknown, second: number, namesMax: number): Map<string, Instrument> {
  const { i } = read(querySchema, query)
  const names = Array.isArray(i) ? i : [i]
  if (names.length > namesMax) throw inputError(`At most ${namesMax} instruments in one request.`)
  const catalogue = catalogueAt(second)
  const found = new Map<string, Instrument>()
  for (const name of names) {
    const instrument = catalogue.byName.get(name) ?? catalogue.byToken.get(Number(name))
    if (instrument !== undefined) found.set(name, instrument)
  }
  return found
}

const ltp = (snapshot: Snapshot) => ({
  instrument_token: snapshot.instrument.token,
  last_price: snapshot.last / 100,
})

const ohlc = (snapshot: Snapshot) => ({
  ...ltp(snapshot),
  ohlc: {
    open: snapshot.open / 100,
    high: snapshot.high / 100,
    low: snapshot.low / 100,
    close: snapshot.previousClose / 100,
  },
})

function quote(snapshot: Snapshot) {
  const { depth, previousClose, openInterest } = snapshot
  const time = istText(snapshot.second)
  return {
    ...ohlc(snapshot),
    timestamp: time,
    last_trade_time: time,
    last_quantity: snapshot.lastQuantity,
    volume: snapshot.volume,
    average_price: snapshot.average / 100,
    buy_quantity: quantity(depth.buy),
    sell_quantity: quantity(depth.sell),
    net_change: (snapshot.last - previousClose) / 100,
    ...circuitLimits(snapshot.instrument, previousClose),
    oi: openInterest,
    oi_day_high: openInterest,
    oi_day_low: openInterest,
    depth: { buy: depth.buy.map(rupees), sell: depth.sell.map(rupees) },
  }
}

/** A fifth down and up from the last close, on the tick. Told but not enforced; the replay, two decades in hours, has none. */
function circuitLimits({ exchange, tickPaise }: Instrument, previousClose: number) {
  const [down, up] = exchange === 'SIM' ? [0.01, 100] : [0.8, 1.2]
  const limit = (factor: number) => (Math.round((previousClose * factor) / tickPaise) * tickPaise) / 100
  return { lower_circuit_limit: limit(down), upper_circuit_limit: limit(up) }
}

const quantity = (levels: readonly Level[]): number => levels.reduce((sum, level) => sum + level.quantity, 0)

const rupees = (level: Level) => ({ ...level, price: level.price / 100 })
