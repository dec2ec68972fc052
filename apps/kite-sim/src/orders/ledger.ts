import type { Fill } from './matching.ts'
import { change, isOpen, latest, type Order, type OrderState, pending, type Trade } from './order.ts'
import { type Position, positionKey, traded } from './positions.ts'

/** Hears of every change an order's owner is told of: OPEN, UPDATE, COMPLETE, CANCELLED, REJECTED. */
export type OnOrder = (order: Order, event: string) => void

/** One user's orders, trades and positions of one day. */
export interface Ledger {
  readonly userId: string
  readonly orders: ReadonlyMap<string, Order>
  readonly open: ReadonlySet<Order>
  readonly trades: readonly Trade[]
  readonly positions: ReadonlyMap<string, Position>
  add(order: Order): void
  /** Writes an order's next state and tells its owner, by the state's name unless another is given. */
  move(order: Order, second: number, next: Partial<OrderState> & { status: string }, event?: string): void
  /** Books executions of an order; the last one may complete it. */
  fill(order: Order, fills: readonly Fill[], second: number): void
  /** Cancels what is left of an order. */
  cancel(order: Order, second: number, message?: string): void
}

const untraded = { buyQuantity: 0, buyValue: 0, sellQuantity: 0, sellValue: 0, openValue: 0 }

/** An empty ledger. */
export function createLedger(userId: string, onOrder: OnOrder): Ledger {
  const orders = new Map<string, Order>()
  const open = new Set<Order>()
  const trades: Trade[] = []
  const positions = new Map<string, Position>()

  const move: Ledger['move'] = (order, second, next, event = next.status) => {
    change(order, second, next)
    if (isOpen(order)) open.add(order)
    else open.delete(order)
    onOrder(order, event)
  }
  const fillOne = (order: Order, fill: Fill, second: number): void => {
    const { side, instrument, product } = order.terms
    const id = `${order.id.slice(10, 15)}${userId.slice(2)}${String(trades.length + 1).padStart(5, '0')}`
    trades.push({ id, order, second, ...fill })
    const key = positionKey(instrument, product)
    const before = positions.get(key) ?? { instrument, product, ...untraded }
    positions.set(key, traded(before, side, fill.quantity, fill.price))
    const state = latest(order)
    const filled = state.filled + fill.quantity
    const value = state.value + fill.quantity * fill.price
    if (filled === state.quantity) move(order, second, { status: 'COMPLETE', filled, value })
    else move(order, second, { status: 'OPEN', filled, value }, 'UPDATE')
  }
  return {
    userId,
    orders,
    open,
    trades,
    positions,
    move,
    add: (order) => orders.set(order.id, order),
    fill: (order, fills, second) => {
      for (const fill of fills) fillOne(order, fill, second)
    },
    cancel: (order, second, message) => {
      change(order, second, { status: 'CANCEL PENDING' })
      const cancelled = pending(latest(order))
      move(order, second, { status: 'CANCELLED', cancelled, message: message ?? null })
    },
  }
}
