import { istDate, istText } from '../ist.ts'
import type { Instrument } from '../market/instruments.ts'

/** Buy or sell. */
export type Side = 'BUY' | 'SELL'
/** Delivery, overnight or intraday. */
export type Product = 'CNC' | 'NRML' | 'MIS'

/** What a trader asked for. Prices in paise; a market order has none. */
export interface OrderTerms {
  readonly instrument: Instrument
  readonly side: Side
  readonly product: Product
  readonly type: 'MARKET' | 'LIMIT'
  readonly validity: 'DAY' | 'IOC'
  readonly quantity: number
  readonly price: number
  readonly disclosedQuantity: number
  readonly marketProtection: number
  readonly tag: string | null
}

/** The order at one moment; its history is the list of these. */
export interface OrderState {
  readonly status: string
  readonly message: string | null
  readonly second: number
  readonly quantity: number
  readonly price: number
  readonly filled: number
  /** Filled quantity × price, in paise. */
  readonly value: number
  readonly cancelled: number
}

/** An order of a user's day. */
export interface Order {
  readonly id: string
  readonly userId: string
  readonly terms: OrderTerms
  readonly placedAt: number
  /** Oldest first, never empty. */
  readonly states: OrderState[]
}

/** An execution. */
export interface Trade {
  readonly id: string
  readonly order: Order
  readonly quantity: number
  readonly price: number
  readonly second: number
}

/** A new order, not yet validated. */
export function newOrder(id: string, userId: string, terms: OrderTerms, second: number): Order {
  const { quantity, price } = terms
  const received = { status: 'PUT ORDER REQ RECEIVED', message: null, second, quantity, price }
  return { id, userId, terms, placedAt: second, states: [{ ...received, filled: 0, value: 0, cancelled: 0 }] }
}

/** The order as it stands. */
export function latest(order: Order): OrderState {
  const state = order.states.at(-1)
  if (state === undefined) throw new Error(`order ${order.id} has no state`)
  return state
}

/** Writes the next state of an order. */
export function change(order: Order, second: number, next: Partial<OrderState> & { status: string }): void {
  order.states.push({ ...latest(order), message: null, second, ...next })
}

/** Quantity still to be filled. */
export const pending = (state: OrderState): number => state.quantity - state.filled - state.cancelled

/** True while an order can still fill, change or be cancelled. */
export const isOpen = (order: Order): boolean => latest(order).status === 'OPEN'

/**
 * An order id of digits like Kite's: date, user, second of the day, serial of the day. The same orders at the
 * same simulated times get the same ids, and a restarted simulator does not give an id twice.
 */
export function orderId(userId: string, second: number, serial: number): string {
  const date = istDate(second).toString().slice(2).replaceAll('-', '')
  const [hours = '', minutes = '', seconds = ''] = istText(second).slice(11).split(':')
  const ofDay = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return `${date}${userId.slice(2)}${String(ofDay).padStart(5, '0')}${String(serial).padStart(4, '0')}`
}
