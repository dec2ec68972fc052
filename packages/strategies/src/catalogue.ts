import { emaCrossover } from './ema-crossover/ema-crossover.ts'
import type { Strategy } from './strategy.ts'

/** Every strategy a run can be started with. */
export const strategies: readonly Strategy[] = [emaCrossover]

/** The strategy of that id, or undefined. */
export function findStrategy(id: string): Strategy | undefined {
  return strategies.find((strategy) => strategy.id === id)
}
