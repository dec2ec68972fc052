import { z } from 'zod'
import { applyFill, awaitFill, exitLevels, exitReason, flat, PositionState } from '../position.ts'
import type { Decision, Intent, MarketTick, Note, StrategyFill, StrategyInstance } from '../strategy.ts'
import { type Crossing, CrossingDetector, CrossingState } from './crossing.ts'
import type { EmaCrossoverParams } from './params.ts'

const Snapshot = z.strictObject({ format: z.literal(1), crossing: CrossingState, position: PositionState })

/** One execution of `ema-crossover`. */
export class EmaCrossoverRun implements StrategyInstance {
  readonly #params: EmaCrossoverParams
  readonly #crossings: CrossingDetector
  #position: PositionState = flat

  constructor(params: EmaCrossoverParams) {
    this.#params = params
    this.#crossings = new CrossingDetector(params)
  }

  onTick({ instrument, price, time }: MarketTick): readonly Decision[] {
    if (instrument !== this.#params.instrument) return []
    // The averages take every tick, whatever becomes of the position.
    const crossing = this.#crossings.add(price, time)
    const exit = this.#position.pending === null ? exitReason(this.#position, price, this.#params) : null
    return exit === null ? this.#follow(crossing) : this.#leave(exit, crossing)
  }

  onFill(fill: StrategyFill): readonly Decision[] {
    this.#position = applyFill(this.#position, fill)
    const { quantity, entryPrice } = this.#position
    if (quantity === 0) return [note('info', 'Flat; waiting for the next crossing')]
    const { stop, target } = exitLevels(this.#position, this.#params)
    const side = quantity > 0 ? 'Long' : 'Short'
    return [
      note(
        'info',
        `${side} ${Math.abs(quantity)} at ${entryPrice.toFixed(2)}; stop-loss ${level(stop)}, take-profit ${level(target)}`,
      ),
    ]
  }

  onRejected(reason: string): readonly Decision[] {
    this.#position = { ...this.#position, pending: null }
    return [note('warn', `The order was not filled: ${reason}`)]
  }

  /** Leaves the position; a crossing on the same price is followed in the same order, or it is said why not. */
  #leave(exit: string, crossing: Crossing): readonly Decision[] {
    const held = this.#position.quantity
    if (crossing.kind !== 'above' && crossing.kind !== 'below') return [this.#order(-held, exit)]
    const what = this.#compared(crossing, `crossed ${crossing.kind}`)
    const target = this.#target(crossing.kind)
    if (target !== 0 && Math.sign(target) !== Math.sign(held)) {
      return [this.#order(target - held, `${exit}; ${what}`)]
    }
    const why = target === 0 ? 'long only' : 'the position is being left at this very price'
    return [this.#order(-held, exit), note('info', `${what}: not acted on, ${why}`)]
  }

  /** What a crossing asks to hold. */
  #target(kind: 'above' | 'below'): number {
    const { quantity, direction } = this.#params
    if (kind === 'above') return quantity
    return direction === 'both' ? -quantity : 0
  }

  #follow(crossing: Crossing): readonly Decision[] {
    switch (crossing.kind) {
      case 'open':
      case 'same':
        return []
      case 'warming':
        return this.#warming(crossing.bars)
      case 'ready': {
        const where = crossing.fast > crossing.slow ? 'above' : 'below'
        return [note('info', `Warmed up: ${this.#compared(crossing, `is ${where}`)}; waiting for a crossing`)]
      }
      case 'above':
      case 'below':
        return [this.#crossed(crossing.kind, this.#compared(crossing, `crossed ${crossing.kind}`))]
    }
  }

  #crossed(kind: 'above' | 'below', what: string): Decision {
    const held = this.#position.quantity
    if (this.#position.pending !== null) {
      return note('warn', `${what}: not acted on, still waiting for the last order to be filled`)
    }
    const target = this.#target(kind)
    if (Math.sign(target) === Math.sign(held)) {
      return note(
        'info',
        `${what}: no order, ${held === 0 ? 'nothing to close and long only' : 'already in'}`,
      )
    }
    return this.#order(target - held, what)
  }

  #order(change: number, reason: string): Intent {
    const intent: Intent = {
      kind: 'intent',
      side: change > 0 ? 'buy' : 'sell',
      quantity: Math.abs(change),
      instrument: this.#params.instrument,
      orderType: 'MARKET',
      reason,
    }
    this.#position = awaitFill(this.#position, intent)
    return intent
  }

  /** Says how far warming up has come at its start and at each quarter, not at every bar. */
  #warming(bars: number): readonly Decision[] {
    const { slowLength } = this.#params
    const quarter = (count: number) => Math.floor((count * 4) / slowLength)
    if (bars > 1 && quarter(bars) === quarter(bars - 1)) return []
    return [note('info', `No order yet: still warming up, ${bars} of ${slowLength} bars`)]
  }

  #compared({ fast, slow }: { fast: number; slow: number }, relation: string): string {
    const sign = fast > slow ? '>' : '<'
    const { fastLength, slowLength } = this.#params
    return `EMA ${fastLength} ${relation} EMA ${slowLength}: ${fast.toFixed(2)} ${sign} ${slow.toFixed(2)}`
  }

  snapshot(): unknown {
    return { format: 1, crossing: this.#crossings.save(), position: this.#position }
  }

  restore(snapshot: unknown): void {
    const { crossing, position } = Snapshot.parse(snapshot)
    this.#crossings.resume(crossing)
    this.#position = position
  }
}

function note(level: Note['level'], message: string): Note {
  return { kind: 'note', level, message }
}

function level(price: number | null): string {
  return price === null ? 'off' : price.toFixed(2)
}
