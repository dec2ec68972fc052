import type { Clock } from './clock.ts'
import type { Market } from './market/market.ts'
import type { Desk } from './orders/desk.ts'
import type { Sessions } from './sessions.ts'
import type { World } from './world.ts'

/** The parts of a running simulator that its routes read. */
export interface Simulator {
  readonly clock: Clock
  readonly world: World
  readonly market: Market
  readonly sessions: Sessions
  readonly desk: Desk
}
