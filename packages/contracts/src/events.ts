import { z } from 'zod'
import { ConnectionStatus } from './connection.ts'
import { endpoint } from './endpoint.ts'
import { OrderStatus } from './orders.ts'
import { RunDesired, RunStatus } from './runs.ts'
import { TradeSide } from './trades.ts'
import { Decimal, Id, Instant, Pnl } from './values.ts'

/** A live price and what it makes of the account's runs. Ephemeral: has no id and is never replayed. */
export const TickEvent = z.object({
  at: Instant,
  prices: z.array(
    z.object({ instrument: z.string(), instrumentToken: z.int(), lastPrice: Decimal, marketTime: Instant }),
  ),
  runs: z.array(z.object({ runId: Id, openQuantity: z.int(), pnl: Pnl })),
})
export type TickEvent = z.infer<typeof TickEvent>

/**
 * Events with an id, kept and replayed: a change names what changed, so that a client can refetch exactly that.
 * `run` carries ids and the new status only; details are read through their endpoints.
 */
export const accountEvents = {
  run: z.object({ runId: Id, status: RunStatus, desired: RunDesired, revision: z.int() }),
  order: z.object({ orderId: Id, runId: Id, status: OrderStatus }),
  fill: z.object({
    fillId: Id,
    orderId: Id,
    runId: Id,
    instrument: z.string(),
    side: z.enum(['buy', 'sell']),
    quantity: z.int(),
    price: Decimal,
    marketTime: Instant,
  }),
  trade: z.object({
    id: Id,
    runId: Id,
    instrument: z.string(),
    side: TradeSide,
    quantity: z.int(),
    net: Decimal,
    exitAt: Instant,
  }),
  connection: z.object({ status: ConnectionStatus, renewedBy: z.string().nullable() }),
  device: z.object({ deviceId: Id, change: z.enum(['signed-in', 'signed-out', 'renamed', 'revoked']) }),
} as const
export type AccountEventType = keyof typeof accountEvents
export type AccountEventPayload<T extends AccountEventType> = z.infer<(typeof accountEvents)[T]>
/** An event to be appended. */
export type AccountEvent = {
  readonly [T in AccountEventType]: { readonly type: T; readonly payload: AccountEventPayload<T> }
}[AccountEventType]

export const streamEvents = endpoint({
  name: 'streamEvents',
  room: 'events',
  method: 'GET',
  path: '/api/events',
  summary:
    'Server-Sent Events of this account: `id` is its sequence, resumes after Last-Event-ID; `tick` has no id; `heartbeat` every 15 s; `reset` asks for a full refetch',
  headers: z.object({ 'last-event-id': z.string().max(32).optional() }),
  replies: { 200: { mediaType: 'text/event-stream' } },
})
