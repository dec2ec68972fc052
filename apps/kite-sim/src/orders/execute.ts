import { KiteError } from '../kite-error.ts'
import type { Depth } from '../market/depth.ts'
import type { Ledger } from './ledger.ts'
import { fundsOf, marginOf } from './margins.ts'
import { isCrossed, take } from './matching.ts'
import { change, isOpen, latest, newOrder, type Order, orderId, type OrderTerms, pending } from './order.ts'
import { openingQuantity, sellableForDelivery } from './positions.ts'
import type { Modification } from './request.ts'

/** Orders a user may place in a day, as at Kite. */
const ordersMax = 3000
/** Modifications of one order, as at Kite. */
const modificationsMax = 25

/** Takes an order in: rejects it, or fills what the depth holds for it and lets the rest stand (DAY) or go (IOC). */
export function placeOrder(ledger: Ledger, terms: OrderTerms, depth: Depth, second: number): Order {
  if (ledger.orders.size >= ordersMax) {
    throw new KiteError(429, 'OrderException', `Maximum of ${ordersMax} orders a day reached.`)
  }
  const id = orderId(ledger.userId, second, ledger.orders.size + 1)
  const order = newOrder(id, ledger.userId, terms, second)
  ledger.add(order)
  change(order, second, { status: 'VALIDATION PENDING' })
  const refusal = refusalOf(order, ledger, depth)
  if (refusal !== undefined) {
    ledger.move(order, second, { status: 'REJECTED', message: refusal })
    return order
  }
  change(order, second, { status: 'OPEN PENDING' })
  ledger.move(order, second, { status: 'OPEN' })
  ledger.fill(order, take(depth, terms, terms.quantity, terms.price), second)
  if (isOpen(order) && terms.validity === 'IOC') ledger.cancel(order, second)
  return order
}

/** Gives an open order a new quantity or price; it may fill at once. Refusals leave it as it was. */
export function modifyOrder(
  ledger: Ledger,
  order: Order,
  changes: Modification,
  depth: Depth,
  second: number,
): void {
  const state = latest(order)
  const quantity = changes.quantity ?? state.quantity
  const price = changes.price ?? state.price
  if (order.states.filter(({ status }) => status === 'MODIFIED').length >= modificationsMax) {
    throw new KiteError(400, 'OrderException', 'Maximum allowed order modifications exceeded.')
  }
  if (quantity <= state.filled) {
    throw new KiteError(400, 'OrderException', 'The quantity is not above what was filled already.')
  }
  const others = [...ledger.open].filter((one) => one !== order)
  const needed = marginOf(order, openingQuantity(ledger.positions, order, quantity - state.filled), price)
  if (needed > fundsOf(ledger.positions, others).available) {
    throw new KiteError(400, 'MarginException', 'Insufficient funds for the modified order.')
  }
  change(order, second, { status: 'MODIFY VALIDATION PENDING' })
  change(order, second, { status: 'MODIFIED', quantity, price })
  ledger.move(order, second, { status: 'OPEN' }, 'UPDATE')
  ledger.fill(order, take(depth, order.terms, pending(latest(order)), price), second)
}

/** Fills a resting order, at its limit, when that was crossed. */
export function matchOrder(ledger: Ledger, order: Order, depth: Depth, second: number): void {
  const state = latest(order)
  if (!isCrossed(depth, order.terms, state.price)) return
  ledger.fill(order, [{ quantity: pending(state), price: state.price }], second)
}

/** Why the broker's risk checks reject an order, if they do. */
function refusalOf(order: Order, ledger: Ledger, depth: Depth): string | undefined {
  const { terms } = order
  if (terms.product === 'CNC' && terms.side === 'SELL') {
    const sellable = sellableForDelivery(ledger.positions, ledger.open, terms.instrument)
    if (terms.quantity > sellable) {
      return `Insufficient holdings. ${Math.max(0, sellable)} of ${terms.quantity} available to sell.`
    }
  }
  const best = (terms.side === 'BUY' ? depth.sell[0] : depth.buy[0])?.price ?? 0
  const price = terms.type === 'LIMIT' ? terms.price : best
  const needed = marginOf(order, openingQuantity(ledger.positions, order, terms.quantity), price)
  const { available } = fundsOf(ledger.positions, ledger.open)
  if (needed <= available) return undefined
  const [wanted, had] = [needed, available].map((paise) => (paise / 100).toFixed(2))
  return `Insufficient funds. Required margin is ${wanted} but available margin is ${had}.`
}
