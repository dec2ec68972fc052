import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { daySeconds, istCandleText, istDay, parseIst } from '../ist.ts'
import { inputError } from '../kite-error.ts'
import { type CandleRange, candles } from '../market/candles.ts'
import { catalogueAt } from '../market/instruments.ts'
import type { Simulator } from '../simulator.ts'
import { signedIn, success } from './plumbing.ts'
import { read } from './read.ts'

/** Minutes of a candle, and days one request may span, as at Kite. */
const intervals: ReadonlyMap<string, { readonly minutes: number; readonly daysMax: number }> = new Map([
  ['minute', { minutes: 1, daysMax: 60 }],
  ['3minute', { minutes: 3, daysMax: 100 }],
  ['5minute', { minutes: 5, daysMax: 100 }],
  ['10minute', { minutes: 10, daysMax: 100 }],
  ['15minute', { minutes: 15, daysMax: 200 }],
  ['30minute', { minutes: 30, daysMax: 200 }],
  ['60minute', { minutes: 60, daysMax: 400 }],
  ['day', { minutes: 1440, daysMax: 2000 }],
])

const time = z.string().transform((text, context) => {
  const second = parseIst(text)
  if (second !== undefined && second > 0) return second
  context.addIssue({ code: 'custom', message: 'not a time' })
  return z.NEVER
})
const paramsSchema = z.object({ token: z.string(), interval: z.string() })
const querySchema = z.object({ from: time, to: time, oi: z.enum(['0', '1']).default('0') })

/** `/instruments/historical/:token/:interval`: candles up to now, the last of them still running. */
export function historicalRoutes(app: FastifyInstance, sim: Simulator): void {
  app.get('/instruments/historical/:token/:interval', async (request) => {
    signedIn(request, sim.sessions)
    const params = read(paramsSchema, request.params)
    const { from, to, oi } = read(querySchema, request.query)
    const now = sim.world.second()
    const instrument = catalogueAt(now).byToken.get(Number(params.token))
    const interval = intervals.get(params.interval)
    if (instrument === undefined) throw inputError('invalid token')
    if (interval === undefined) throw inputError('invalid interval')
    if (from > to) throw inputError('from date cannot be after to date')
    if (to - from > interval.daysMax * daySeconds) {
      throw inputError(`interval exceeds max limit: ${interval.daysMax} days`)
    }
    const range = { instrument, minutes: interval.minutes, from, to, now }
    const openInterest = (second: number) => sim.market.day(instrument, istDay(second)).openInterest
    return success({ candles: await rows(sim, range, oi === '1' ? openInterest : undefined) })
  })
}

/** Wall time after which a long answer lets others have a turn. */
const turnMs = 20

async function rows(sim: Simulator, range: CandleRange, openInterest?: (second: number) => number) {
  const all: (string | number)[][] = []
  let since = performance.now()
  for (const candle of candles(sim.market, range)) {
    const prices = [candle.open, candle.high, candle.low, candle.close].map((paise) => paise / 100)
    const row = [istCandleText(candle.second), ...prices, candle.volume]
    if (openInterest !== undefined) row.push(openInterest(candle.second))
    all.push(row)
    if (performance.now() - since < turnMs) continue
    await setImmediate()
    since = performance.now()
  }
  return all
}
