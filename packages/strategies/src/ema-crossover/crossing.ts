import { z } from 'zod'
import { addToBar, BarState } from '../bars.ts'
import { ResumableEma } from '../resumable-ema.ts'
import type { EmaCrossoverParams } from './params.ts'

const EmaSaved = z.strictObject({ count: z.int().min(0), result: z.number().nullable() })

/** The whole state of the averages, as JSON. */
export const CrossingState = z.strictObject({
  bar: BarState,
  bars: z.int().min(0),
  fast: EmaSaved,
  slow: EmaSaved,
  /** On which side the fast average last was: 1 above, -1 below, 0 not known yet. */
  trend: z.union([z.literal(-1), z.literal(0), z.literal(1)]),
})
export type CrossingState = z.infer<typeof CrossingState>

/** What a tick showed: no bar ended, not enough bars yet, averages without a crossing, or a crossing. */
export type Crossing =
  | { readonly kind: 'open' }
  | { readonly kind: 'warming'; readonly bars: number }
  | { readonly kind: 'ready' | 'same' | 'above' | 'below'; readonly fast: number; readonly slow: number }

/** Builds bars from ticks and says when the fast average crosses the slow one. */
export class CrossingDetector {
  readonly #params: EmaCrossoverParams
  readonly #fast: ResumableEma
  readonly #slow: ResumableEma
  #bar: BarState = null
  #bars = 0
  #trend: CrossingState['trend'] = 0

  constructor(params: EmaCrossoverParams) {
    this.#params = params
    this.#fast = new ResumableEma(params.fastLength)
    this.#slow = new ResumableEma(params.slowLength)
  }

  /** Takes the next tick, in order of exchange time. */
  add(price: number, time: number): Crossing {
    const { barUnit, barLength, slowLength } = this.#params
    const { bar, closed } = addToBar(this.#bar, price, time, { unit: barUnit, length: barLength })
    this.#bar = bar
    if (closed === null) return { kind: 'open' }
    this.#fast.add(closed)
    this.#slow.add(closed)
    this.#bars = Math.min(this.#bars + 1, slowLength)
    if (this.#bars < slowLength) return { kind: 'warming', bars: this.#bars }
    return this.#compare(this.#fast.getResultOrThrow(), this.#slow.getResultOrThrow())
  }

  #compare(fast: number, slow: number): Crossing {
    const before = this.#trend
    // Equal averages are on neither side: the side before them is remembered until the other one is reached.
    const trend = fast > slow ? 1 : fast < slow ? -1 : before
    this.#trend = trend
    if (trend === before) return { kind: 'same', fast, slow }
    if (before === 0) return { kind: 'ready', fast, slow }
    return { kind: trend === 1 ? 'above' : 'below', fast, slow }
  }

  save(): CrossingState {
    return {
      bar: this.#bar,
      bars: this.#bars,
      fast: this.#fast.save(),
      slow: this.#slow.save(),
      trend: this.#trend,
    }
  }

  /** Continues exactly from a saved state; call it on a fresh instance. */
  resume(state: CrossingState): void {
    this.#bar = state.bar
    this.#bars = state.bars
    this.#fast.resume(state.fast)
    this.#slow.resume(state.slow)
    this.#trend = state.trend
  }
}
