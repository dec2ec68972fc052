import * as z from 'zod'
import { countOrNull, istTimeOrNull, money, moneyOrNull, textOrNull, wireObject } from './wire.ts'

/** A row of the order book, and an order update of the ticker (https://kite.trade/docs/connect/v3/orders/). */
export const orderShape = wireObject({
  order_id: z.string().min(1),
  parent_order_id: textOrNull,
  exchange_order_id: textOrNull,
  placed_by: textOrNull,
  user_id: textOrNull,
  variety: textOrNull,
  status: z.string(),
  status_message: textOrNull,
  tradingsymbol: z.string(),
  exchange: z.string(),
  instrument_token: countOrNull,
  order_type: z.string(),
  transaction_type: z.enum(['BUY', 'SELL']),
  validity: textOrNull,
  product: z.string(),
  quantity: z.number(),
  price: moneyOrNull,
  trigger_price: moneyOrNull,
  average_price: moneyOrNull,
  filled_quantity: z.number(),
  pending_quantity: countOrNull,
  cancelled_quantity: countOrNull,
  order_timestamp: istTimeOrNull,
  exchange_timestamp: istTimeOrNull,
  exchange_update_timestamp: istTimeOrNull,
  tag: textOrNull,
})

/** An order as the broker tells it: prices are decimal strings, times are instants, unknown is null. */
export type Order = z.output<typeof orderShape>

/** An execution of an order, unique by `tradeId` within its exchange and day. */
export const tradeShape = wireObject({
  trade_id: z.string().min(1),
  order_id: z.string().min(1),
  exchange_order_id: textOrNull,
  tradingsymbol: z.string(),
  exchange: z.string(),
  instrument_token: countOrNull,
  product: z.string(),
  transaction_type: z.enum(['BUY', 'SELL']),
  average_price: money,
  quantity: z.number(),
  fill_timestamp: istTimeOrNull,
  exchange_timestamp: istTimeOrNull,
})

/** A fill as the broker tells it. */
export type BrokerTrade = z.output<typeof tradeShape>

const terminal: ReadonlySet<string> = new Set(['COMPLETE', 'CANCELLED', 'REJECTED'])

/** True for the three statuses an order never leaves; a status nobody has heard of is not one of them. */
export function isTerminal(status: string): boolean {
  return terminal.has(status)
}
