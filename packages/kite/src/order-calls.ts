import * as z from 'zod'
import { KiteError } from './kite-error.ts'
import { outcomeOf, type OrderOutcome } from './order-outcome.ts'
import {
  cancelOrderInput,
  modifyOrderInput,
  orderForm,
  placeOrderInput,
  type CancelOrder,
  type ModifyOrder,
  type PlaceOrder,
} from './order-request.ts'
import { orderShape, tradeShape, type BrokerTrade, type Order } from './order-shapes.ts'
import type { Reader } from './reader.ts'
import { wireObject } from './wire.ts'

/**
 * Calls about orders. Those that read are tried again and reject with KiteError; those that act are sent once and
 * tell their outcome instead. Order and trade books hold today only.
 */
export interface OrderCalls {
  orders(): Promise<readonly Order[]>
  /** All states one order went through, oldest first. */
  orderHistory(orderId: string): Promise<readonly Order[]>
  trades(): Promise<readonly BrokerTrade[]>
  orderTrades(orderId: string): Promise<readonly BrokerTrade[]>
  placeOrder(order: PlaceOrder): Promise<OrderOutcome>
  modifyOrder(change: ModifyOrder): Promise<OrderOutcome>
  cancelOrder(order: CancelOrder): Promise<OrderOutcome>
}

const acknowledged = wireObject({ order_id: z.string().min(1) })
const lane = 'others'

/** Order calls over one reader. */
export function orderCalls(reader: Reader): OrderCalls {
  const place = (orderId: string) => `/orders/${encodeURIComponent(orderId)}`
  return {
    orders: () => reader.get(z.array(orderShape), { path: '/orders', lane }),
    orderHistory: (orderId) => reader.get(z.array(orderShape), { path: place(orderId), lane }),
    trades: () => reader.get(z.array(tradeShape), { path: '/trades', lane }),
    orderTrades: (orderId) => reader.get(z.array(tradeShape), { path: `${place(orderId)}/trades`, lane }),
    placeOrder: (order) =>
      outcomeOf(async () => {
        const { variety, ...fields } = checked(placeOrderInput, order)
        const form = orderForm({ validity: 'DAY', ...fields })
        return reader.once(acknowledged, { method: 'POST', path: `/orders/${variety}`, lane: 'orders', form })
      }),
    modifyOrder: (change) =>
      outcomeOf(async () => {
        const { variety, orderId, ...fields } = checked(modifyOrderInput, change)
        const path = `/orders/${variety}/${orderId}`
        return reader.once(acknowledged, {
          method: 'PUT',
          path,
          lane: 'orderChanges',
          form: orderForm(fields),
        })
      }),
    cancelOrder: (order) =>
      outcomeOf(async () => {
        const { variety, orderId } = checked(cancelOrderInput, order)
        return reader.once(acknowledged, {
          method: 'DELETE',
          path: `/orders/${variety}/${orderId}`,
          lane: 'orderChanges',
        })
      }),
  }
}

/** An order that cannot be right is refused here, unsent. */
function checked<Input extends z.ZodType>(input: Input, order: z.input<Input>): z.output<Input> {
  const result = input.safeParse(order)
  if (result.success) return result.data
  const message = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
  throw new KiteError({ status: null, errorType: 'InputException', message, isDefinite: true })
}
