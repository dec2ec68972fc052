import { istDay } from '../ist.ts'
import { KiteError } from '../kite-error.ts'
import { catalogueAt } from '../market/instruments.ts'
import type { Market } from '../market/market.ts'
import { matchOrder, modifyOrder, placeOrder } from './execute.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { isOpen, latest, type Order } from './order.ts'
import { readModification, readOrder } from './request.ts'
import { orderUpdate } from './rows.ts'

/** Orders of all users together that a day may hold. */
const ordersMax = 100_000

/** All users' ledgers of the day. */
export interface Desk {
  ledger(userId: string): Ledger
  place(userId: string, form: unknown, second: number): Order
  modify(userId: string, orderId: string, form: unknown, second: number): void
  cancel(userId: string, orderId: string, second: number): void
  /** The user's order; throws for an unknown id, and just so for another user's. */
  order(userId: string, orderId: string): Order
  /** One second passes: resting orders meet its prices; a new day begins with empty ledgers. */
  onSecond(second: number): void
  reset(): void
}

/** The ledgers of a market, from `start` on. Owners hear of their orders through `send`. */
export function createDesk(
  market: Market,
  start: number,
  send: (userId: string, update: unknown) => void,
): Desk {
  const ledgers = new Map<string, Ledger>()
  let count = 0
  let today = istDay(start)

  const ledger = (userId: string): Ledger => {
    const known = ledgers.get(userId)
    if (known !== undefined) return known
    // At most one for each of the 9,999 users.
    const created = createLedger(userId, (order, event) =>
      send(userId, orderUpdate(order, latest(order), event)),
    )
    ledgers.set(userId, created)
    return created
  }
  const find: Desk['order'] = (userId, orderId) => {
    const order = ledgers.get(userId)?.orders.get(orderId)
    if (order === undefined) throw new KiteError(404, 'GeneralException', "Couldn't find that `order_id`.")
    return order
  }
  const findOpen: Desk['order'] = (userId, orderId) => refuseClosed(find(userId, orderId))
  const reset = (): void => {
    ledgers.clear()
    count = 0
  }

  return {
    ledger,
    order: find,
    reset,
    place: (userId, form, second) => {
      const terms = readOrder(form, catalogueAt(second))
      if (count >= ordersMax)
        throw new KiteError(503, 'NetworkException', 'The simulator holds no more orders today.')
      count++
      return placeOrder(ledger(userId), terms, market.depth(terms.instrument, second), second)
    },
    modify: (userId, orderId, form, second) => {
      const order = findOpen(userId, orderId)
      const changes = readModification(form, order.terms.instrument)
      const depth = market.depth(order.terms.instrument, second)
      modifyOrder(ledger(userId), order, changes, depth, second)
    },
    cancel: (userId, orderId, second) => ledger(userId).cancel(findOpen(userId, orderId), second),
    onSecond: (second) => {
      if (istDay(second) !== today) {
        for (const one of ledgers.values()) cancelAll(one, second)
        reset()
        today = istDay(second)
      }
      for (const one of ledgers.values()) matchAll(one, market, second)
    },
  }
}

function refuseClosed(order: Order): Order {
  if (isOpen(order)) return order
  throw new KiteError(400, 'OrderException', `Order cannot be changed: it is ${latest(order).status}.`)
}

function cancelAll(ledger: Ledger, second: number): void {
  for (const order of ledger.open) ledger.cancel(order, second, 'The day has ended.')
}

function matchAll(ledger: Ledger, market: Market, second: number): void {
  if (ledger.open.size === 0) return
  for (const order of ledger.open) {
    const { instrument, side } = order.terms
    const last = market.last(instrument, second)
    const limit = latest(order).price
    // The best ask is never under the last price, nor the best bid above it: most orders need no depth.
    if (side === 'BUY' ? limit < last : limit > last) continue
    matchOrder(ledger, order, market.depth(instrument, second), second)
  }
}
