import type { Depth } from '../market/depth.ts'
import type { OrderTerms } from './order.ts'

/** Part of an order executed at one price. */
export interface Fill {
  readonly quantity: number
  readonly price: number
}

/**
 * What an arriving order takes at once: the levels on the other side, best first, as far as its limit. A market
 * order larger than all five levels gets the rest at the last of them.
 */
export function take(depth: Depth, terms: OrderTerms, quantity: number, limit: number): Fill[] {
  const levels = terms.side === 'BUY' ? depth.sell : depth.buy
  const fills: Fill[] = []
  let left = quantity
  for (const level of levels) {
    if (left === 0 || (terms.type === 'LIMIT' && !reaches(terms, limit, level.price))) break
    const isDeepest = terms.type === 'MARKET' && level === levels.at(-1)
    const taken = isDeepest ? left : Math.min(left, level.quantity)
    fills.push({ quantity: taken, price: level.price })
    left -= taken
  }
  return fills
}

/** True when a resting order's limit has been crossed by the other side's best price; it then fills at its limit. */
export function isCrossed(depth: Depth, terms: OrderTerms, limit: number): boolean {
  const best = terms.side === 'BUY' ? depth.sell[0] : depth.buy[0]
  return best !== undefined && reaches(terms, limit, best.price)
}

const reaches = (terms: OrderTerms, limit: number, price: number): boolean =>
  terms.side === 'BUY' ? price <= limit : price >= limit
