import type { z } from 'zod'

/** A price as the exchange gave it; `time` is the exchange's, in epoch milliseconds. */
export interface MarketTick {
  readonly instrument: string
  readonly price: number
  readonly time: number
}

/** A finished candle; `time` is when it opened, in epoch milliseconds of the exchange. */
export interface MarketCandle {
  readonly instrument: string
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** An execution of one of the run's own orders. */
export interface StrategyFill {
  readonly instrument: string
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly price: number
  readonly time: number
}

/** An order the strategy wants, and why. */
export interface Intent {
  readonly kind: 'intent'
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly instrument: string
  readonly orderType: 'MARKET'
  readonly reason: string
}

/** Something the trader should be able to read later, above all why no order was placed. */
export interface Note {
  readonly kind: 'note'
  readonly level: 'debug' | 'info' | 'warn'
  readonly message: string
}

export type Decision = Intent | Note

/**
 * One execution of a strategy. Pure: the same calls in the same order give the same decisions, without clock, chance
 * or I/O. Every call may change the state that `snapshot` returns as JSON; a fresh instance after `restore(snapshot)`
 * continues exactly as this one would.
 */
export interface StrategyInstance {
  onTick?(tick: MarketTick): readonly Decision[]
  onCandle?(candle: MarketCandle): readonly Decision[]
  onFill?(fill: StrategyFill): readonly Decision[]
  /** The last intent will not be filled; the reason is the gateway's. */
  onRejected?(reason: string): readonly Decision[]
  snapshot(): unknown
  /** Throws when the snapshot is not one of this strategy. */
  restore(snapshot: unknown): void
}

/**
 * A strategy of the catalogue. `instruments`, `quantity` and `create` take what `params` parsed, nothing else: they are
 * methods (checked bivariantly), so that strategies of different parameters stand in one list.
 */
export interface Strategy<P = unknown> {
  readonly id: string
  readonly title: string
  readonly summary: string
  /** Which kind of market it is for, in a few words. */
  readonly market: string
  /** What can go wrong, in one or two plain sentences. */
  readonly riskNote: string
  readonly version: string
  /** A flat object of fields with `.meta({ title, description, group, unit, widget })`, from which the form is made. */
  readonly params: z.ZodType<P>
  /** The instruments it needs, as `EXCHANGE:SYMBOL`. */
  instruments(params: P): readonly string[]
  /** Units of one entry, to be checked against the lot size. */
  quantity(params: P): number
  create(params: P): StrategyInstance
}
