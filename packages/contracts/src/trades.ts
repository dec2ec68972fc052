import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Day, Decimal, Id, Instant, Mode, page, pageFields } from './values.ts'

export const TradeSide = z.enum(['long', 'short'])

/** A round trip from entry to exit. `net = gross − charges`; times are the exchange's. */
export const Trade = z.object({
  id: Id,
  runId: Id,
  runName: z.string(),
  strategyId: z.string(),
  instrument: z.string(),
  side: TradeSide,
  quantity: z.int(),
  entryPrice: Decimal,
  exitPrice: Decimal,
  entryAt: Instant,
  exitAt: Instant,
  gross: Decimal,
  charges: Decimal,
  net: Decimal,
  entryReason: z.string(),
  exitReason: z.string(),
  mode: Mode,
})
export type Trade = z.infer<typeof Trade>

/** `from` and `to` are days in IST by exit time, both included. */
const tradeFilters = {
  from: Day.optional(),
  to: Day.optional(),
  instrument: z.string().max(64).optional(),
  runId: Id.optional(),
  strategyId: z.string().max(64).optional(),
  mode: Mode.optional(),
  side: TradeSide.optional(),
  result: z.enum(['win', 'loss']).optional(),
}
export const TradeFilters = z.strictObject(tradeFilters)
export type TradeFilters = z.infer<typeof TradeFilters>

export const listTrades = endpoint({
  name: 'listTrades',
  room: 'trades',
  method: 'GET',
  path: '/api/trades',
  summary: 'Round trips, newest first',
  query: z.strictObject({ ...tradeFilters, ...pageFields }),
  replies: { 200: page(Trade) },
})

/** Sums over the whole filtered set, not just the page that is shown. */
export const TradeTotals = z.object({
  count: z.int(),
  wins: z.int(),
  gross: Decimal,
  charges: Decimal,
  net: Decimal,
})
export type TradeTotals = z.infer<typeof TradeTotals>

export const getTradeTotals = endpoint({
  name: 'getTradeTotals',
  room: 'trades',
  method: 'GET',
  path: '/api/trades/totals',
  summary: 'Totals of the filtered trades',
  query: TradeFilters,
  replies: { 200: TradeTotals },
})

export const exportTrades = endpoint({
  name: 'exportTrades',
  room: 'trades',
  method: 'GET',
  path: '/api/trades.csv',
  summary: 'The filtered trades as CSV, streamed',
  query: TradeFilters,
  replies: { 200: { mediaType: 'text/csv' } },
})
