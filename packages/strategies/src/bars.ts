import { z } from 'zod'

/** The bar being built: how many ticks it holds, which slot of time it belongs to, and its last price. */
export const BarState = z.strictObject({ ticks: z.int(), slot: z.int(), close: z.number() }).nullable()
export type BarState = z.infer<typeof BarState>

export interface BarLength {
  readonly unit: 'ticks' | 'seconds'
  readonly length: number
}

/**
 * Adds a tick to a bar. `closed` is the closing price of the bar that this tick finished, or null: a bar of ticks ends
 * with its last tick, a bar of seconds when the first tick of a later slot (exchange time) shows that it is over.
 */
export function addToBar(
  bar: BarState,
  price: number,
  time: number,
  { unit, length }: BarLength,
): { bar: BarState; closed: number | null } {
  if (unit === 'ticks') {
    const ticks = (bar?.ticks ?? 0) + 1
    if (ticks >= length) return { bar: null, closed: price }
    return { bar: { ticks, slot: 0, close: price }, closed: null }
  }
  const slot = Math.floor(time / (length * 1000))
  if (bar === null || bar.slot === slot) {
    return { bar: { ticks: (bar?.ticks ?? 0) + 1, slot, close: price }, closed: null }
  }
  return { bar: { ticks: 1, slot, close: price }, closed: bar.close }
}
