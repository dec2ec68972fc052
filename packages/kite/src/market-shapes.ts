import * as z from 'zod'
import { decimalOf } from './decimal.ts'
import { countOrNull, istTimeOrNull, money, moneyOrNull, wireObject } from './wire.ts'

const ohlc = z.object({ open: money, high: money, low: money, close: money })
const level = z.object({ price: money, quantity: z.number(), orders: z.number() })

/** A full quote; indices have no depth, volume or quantities. */
export const quoteShape = wireObject({
  instrument_token: z.number(),
  last_price: money,
  timestamp: istTimeOrNull,
  last_trade_time: istTimeOrNull,
  ohlc,
  net_change: moneyOrNull,
  average_price: moneyOrNull,
  volume: countOrNull,
  buy_quantity: countOrNull,
  sell_quantity: countOrNull,
  lower_circuit_limit: moneyOrNull,
  upper_circuit_limit: moneyOrNull,
  depth: z
    .object({ buy: z.array(level), sell: z.array(level) })
    .nullish()
    .transform((value) => value ?? null),
})

/** Everything the broker says of one instrument now. */
export type Quote = z.output<typeof quoteShape>

/** Last price and the day's open, high, low and previous close. */
export const ohlcShape = wireObject({ instrument_token: z.number(), last_price: money, ohlc })

/** A short quote. */
export type OhlcQuote = z.output<typeof ohlcShape>

/** Last price alone. */
export const ltpShape = wireObject({ instrument_token: z.number(), last_price: money })

/** The shortest quote. */
export type LtpQuote = z.output<typeof ltpShape>

/** One bar of history; `time` is its beginning, prices are decimal strings. */
export interface HistoricalCandle {
  readonly time: Date
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: number
  /** Open interest, when it was asked for. */
  readonly oi: number | null
}

/** Candles come as rows [time with offset, open, high, low, close, volume, open interest]. */
export const candlesShape = z.object({
  candles: z.array(
    z
      .tuple([z.string(), z.number(), z.number(), z.number(), z.number(), z.number()], z.unknown())
      .transform(([time, open, high, low, close, volume, oi]): HistoricalCandle => ({
        time: new Date(Temporal.Instant.from(time).epochMilliseconds),
        open: decimalOf(open),
        high: decimalOf(high),
        low: decimalOf(low),
        close: decimalOf(close),
        volume,
        oi: typeof oi === 'number' ? oi : null,
      })),
  ),
})
