import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Decimal, Id, Instant, Mode, page, pageFields } from './values.ts'

export const OrderStatus = z.enum(['pending', 'complete', 'rejected', 'cancelled', 'unknown'])

/** An order the engine decided on, with what became of it. Paper orders never reach a broker. */
export const Order = z.object({
  id: Id,
  runId: Id,
  runName: z.string(),
  instrument: z.string(),
  side: z.enum(['buy', 'sell']),
  orderType: z.enum(['MARKET', 'LIMIT']),
  quantity: z.int(),
  filledQuantity: z.int(),
  averagePrice: Decimal.nullable(),
  status: OrderStatus,
  statusMessage: z.string().nullable(),
  tag: z.string(),
  reason: z.string(),
  mode: Mode,
  createdAt: Instant,
  marketTime: Instant.nullable(),
})
export type Order = z.infer<typeof Order>

export const listOrders = endpoint({
  name: 'listOrders',
  room: 'orders',
  method: 'GET',
  path: '/api/orders',
  summary: "The account's orders, newest first",
  query: z.strictObject({ runId: Id.optional(), ...pageFields }),
  replies: { 200: page(Order) },
})
