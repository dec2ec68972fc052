import type { Instrument } from '../market/instruments.ts'
import { latest, type Order, pending, type Product } from './order.ts'
import { openingQuantity, type Positions, realised } from './positions.ts'

/** Cash of every demo account at the start of a day: ten lakh rupees, in paise. */
export const openingCash = 100_000_000

/** Funds of an account in paise. */
export interface Funds {
  readonly usedByPositions: number
  readonly usedByOrders: number
  readonly realised: number
  readonly available: number
}

/** Part of the value blocked: 15 % for futures, 20 % intraday, all of it for delivery. */
function rate(instrument: Instrument, product: Product): number {
  if (instrument.type === 'FUT') return 0.15
  return product === 'MIS' ? 0.2 : 1
}

/** Paise blocked for opening a quantity at a price. */
export const marginOf = (order: Pick<Order, 'terms'>, quantity: number, price: number): number =>
  Math.round(quantity * price * rate(order.terms.instrument, order.terms.product))

/** Funds given positions and open orders. */
export function fundsOf(positions: Positions, open: Iterable<Order>): Funds {
  let usedByPositions = 0
  let profit = 0
  for (const position of positions.values()) {
    const blocked = Math.abs(position.openValue) * rate(position.instrument, position.product)
    usedByPositions += Math.round(blocked)
    profit += realised(position)
  }
  let usedByOrders = 0
  for (const order of open) {
    const state = latest(order)
    usedByOrders += marginOf(order, openingQuantity(positions, order, pending(state)), state.price)
  }
  const available = openingCash + Math.round(profit) - usedByPositions - usedByOrders
  return { usedByPositions, usedByOrders, realised: Math.round(profit), available }
}
