import { mix, pick } from './hash.ts'
import type { Instrument } from './instruments.ts'

/** One of five price levels of the order book. */
export interface Level {
  readonly price: number
  readonly quantity: number
  readonly orders: number
}

/** Five best bids (highest first) and asks (lowest first); empty for an index. Prices in paise. */
export interface Depth {
  readonly buy: readonly Level[]
  readonly sell: readonly Level[]
}

const steps = [0, 1, 2, 3, 4]

/** The book around a last price: one tick wide, the last trade being its best bid or its best ask. */
export function depthAround(instrument: Instrument, key: number, last: number): Depth {
  if (instrument.segment === 'INDICES') return { buy: [], sell: [] }
  const tick = instrument.tickPaise
  const ask = (key & 1) === 1 ? last : last + tick
  const level = (price: number, salt: number): Level => {
    const orders = 1 + pick(mix(key, salt), 20)
    return { price, orders, quantity: instrument.lotSize * (orders + pick(mix(key, salt + 100), 400)) }
  }
  return {
    buy: steps.map((step) => level(Math.max(tick, ask - tick * (step + 1)), step)),
    sell: steps.map((step) => level(ask + tick * step, step + 10)),
  }
}
