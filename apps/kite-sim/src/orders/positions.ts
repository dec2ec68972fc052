import type { Instrument } from '../market/instruments.ts'
import { latest, type Order, pending, type Product, type Side } from './order.ts'

/** Today's buying and selling of one instrument under one product. Values in paise. */
export interface Position {
  readonly instrument: Instrument
  readonly product: Product
  readonly buyQuantity: number
  readonly buyValue: number
  readonly sellQuantity: number
  readonly sellValue: number
  /** What the open quantity was opened at in sum; negative for a short position. */
  readonly openValue: number
}

/** Positions of a book by `positionKey`. */
export type Positions = ReadonlyMap<string, Position>

/** Instrument and product: what a position is kept by. */
export const positionKey = (instrument: Instrument, product: Product): string =>
  `${instrument.token}/${product}`

/** Bought minus sold. */
export const netQuantity = (position: Position | undefined): number =>
  position === undefined ? 0 : position.buyQuantity - position.sellQuantity

/** The position after one more execution. */
export function traded(before: Position, side: Side, quantity: number, price: number): Position {
  const net = netQuantity(before)
  const signed = side === 'BUY' ? quantity : -quantity
  const value = quantity * price
  return {
    ...before,
    ...(side === 'BUY'
      ? { buyQuantity: before.buyQuantity + quantity, buyValue: before.buyValue + value }
      : { sellQuantity: before.sellQuantity + quantity, sellValue: before.sellValue + value }),
    openValue: openValueAfter(before.openValue, net, signed, price),
  }
}

/** Closing takes out the average cost of what it closes; what goes beyond opens at the price. */
function openValueAfter(openValue: number, net: number, signed: number, price: number): number {
  if (net === 0 || Math.sign(net) === Math.sign(signed)) return openValue + signed * price
  const left = net + signed
  return Math.sign(left) === Math.sign(net) ? (openValue / net) * left : left * price
}

/** Profit already taken, in paise. */
export const realised = (position: Position): number =>
  position.sellValue - position.buyValue + position.openValue

/** Quantity by which an order would open rather than close. */
export function openingQuantity(positions: Positions, order: Pick<Order, 'terms'>, quantity: number): number {
  const net = netQuantity(positions.get(positionKey(order.terms.instrument, order.terms.product)))
  const closing = order.terms.side === 'BUY' ? Math.max(0, -net) : Math.max(0, net)
  return Math.max(0, quantity - closing)
}

/** Shares bought today for delivery that no open order is selling already. */
export function sellableForDelivery(
  positions: Positions,
  open: Iterable<Order>,
  instrument: Instrument,
): number {
  let left = netQuantity(positions.get(positionKey(instrument, 'CNC')))
  for (const order of open) {
    const { product, side, instrument: sold } = order.terms
    if (product === 'CNC' && side === 'SELL' && sold.token === instrument.token)
      left -= pending(latest(order))
  }
  return left
}
