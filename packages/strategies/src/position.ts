import { z } from 'zod'
import type { Intent, StrategyFill } from './strategy.ts'

/** What a run holds of one instrument, and the order it is waiting for. Quantity is negative when short. */
export const PositionState = z.strictObject({
  quantity: z.int(),
  entryPrice: z.number(),
  pending: z.strictObject({ side: z.enum(['buy', 'sell']), quantity: z.int().positive() }).nullable(),
})
export type PositionState = z.infer<typeof PositionState>

export const flat: PositionState = { quantity: 0, entryPrice: 0, pending: null }

/** Marks the order as on its way: nothing more is decided until it is filled or refused. */
export function awaitFill(state: PositionState, { side, quantity }: Intent): PositionState {
  return { ...state, pending: { side, quantity } }
}

/** The position after a fill, which may be a part of the order, close it, or turn it around. */
export function applyFill(state: PositionState, fill: StrategyFill): PositionState {
  const change = fill.side === 'buy' ? fill.quantity : -fill.quantity
  const quantity = state.quantity + change
  return { quantity, entryPrice: entryPrice(state, change, fill.price), pending: stillPending(state, fill) }
}

function entryPrice(state: PositionState, change: number, price: number): number {
  const quantity = state.quantity + change
  if (quantity === 0) return 0
  if (state.quantity === 0 || Math.sign(quantity) !== Math.sign(state.quantity)) return price
  if (Math.sign(change) !== Math.sign(state.quantity)) return state.entryPrice
  return (state.entryPrice * state.quantity + price * change) / quantity
}

function stillPending({ pending }: PositionState, fill: StrategyFill): PositionState['pending'] {
  if (pending === null || pending.side !== fill.side) return pending
  const quantity = pending.quantity - fill.quantity
  return quantity > 0 ? { ...pending, quantity } : null
}

/** Percentages of the entry price; 0 switches that exit off. */
export interface ExitRules {
  readonly stopLossPct: number
  readonly takeProfitPct: number
}

/** The prices at which an open position is left, null where that exit is switched off. */
export function exitLevels(
  state: PositionState,
  rules: ExitRules,
): { stop: number | null; target: number | null } {
  const direction = Math.sign(state.quantity)
  const level = (pct: number) => (pct === 0 ? null : state.entryPrice * (1 + pct / 100))
  return { stop: level(-direction * rules.stopLossPct), target: level(direction * rules.takeProfitPct) }
}

/** Why this price ends the position, or null. */
export function exitReason(state: PositionState, price: number, rules: ExitRules): string | null {
  if (state.quantity === 0) return null
  const { stop, target } = exitLevels(state, rules)
  const beyond = (level: number, direction: number) => direction * (price - level) >= 0
  const direction = Math.sign(state.quantity)
  const entry = `entered at ${state.entryPrice.toFixed(2)}`
  if (stop !== null && beyond(stop, -direction)) {
    return `Stop-loss ${rules.stopLossPct} %: ${price.toFixed(2)} reached ${stop.toFixed(2)}, ${entry}`
  }
  if (target !== null && beyond(target, direction)) {
    return `Take-profit ${rules.takeProfitPct} %: ${price.toFixed(2)} reached ${target.toFixed(2)}, ${entry}`
  }
  return null
}
