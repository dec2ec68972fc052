import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Decimal, Instant, items } from './values.ts'

export const CandleInterval = z.enum(['5s', '1m', '5m', '15m', '1h'])
export type CandleInterval = z.infer<typeof CandleInterval>

export const Candle = z.object({
  time: Instant,
  open: Decimal,
  high: Decimal,
  low: Decimal,
  close: Decimal,
})
export type Candle = z.infer<typeof Candle>

export const listCandles = endpoint({
  name: 'listCandles',
  room: 'candles',
  method: 'GET',
  path: '/api/candles',
  summary:
    'Prices the engine saw of an instrument that a run of the account trades, oldest first; at most 2,000, the newest of the range',
  query: z.strictObject({
    instrument: z.string().min(3).max(64),
    interval: CandleInterval,
    from: Instant.optional(),
    to: Instant.optional(),
  }),
  replies: { 200: items(Candle) },
})
