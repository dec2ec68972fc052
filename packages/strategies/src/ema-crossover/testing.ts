import type { Decision, StrategyInstance } from '../strategy.ts'

/** Feeds prices one second apart; every order is filled at the price it was decided on, before the next tick. */
export function play(
  run: StrategyInstance,
  prices: readonly number[],
  options: { startAt?: number; stepMs?: number } = {},
): { at: number; decision: Decision }[] {
  const { startAt = 0, stepMs = 1000 } = options
  const seen: { at: number; decision: Decision }[] = []
  prices.forEach((price, index) => {
    const at = startAt + index
    const time = at * stepMs
    const decisions = run.onTick?.({ instrument: 'SIM:SPX500', price, time }) ?? []
    for (const decision of decisions) {
      seen.push({ at, decision })
      if (decision.kind === 'note') continue
      const { instrument, side, quantity } = decision
      const after = run.onFill?.({ instrument, side, quantity, price, time }) ?? []
      seen.push(...after.map((note) => ({ at, decision: note })))
    }
  })
  return seen
}

/** The same prices for the same seed: a random walk around 100, rounded to paise. */
export function walk(seed: number, length: number): number[] {
  let state = seed
  let price = 100
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    price = Math.max(1, price * (1 + (state / 2 ** 32 - 0.5) * 0.03))
    return Math.round(price * 100) / 100
  })
}
