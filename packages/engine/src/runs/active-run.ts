import type { StrategyInstance } from '@stratdesk/strategies/strategy'
import type { Lot } from '../ledger/match-fill.ts'
import type { Seen } from '../market/quote.ts'

/** Sums over the closed round trips of a run, exact decimal strings; `net = gross − charges`. */
export interface Totals {
  readonly gross: string
  readonly charges: string
  readonly net: string
}

/**
 * A run as its actor holds it. The fields that change are exactly what a checkpoint, the ledger and the trades hold, so
 * that dropping the object and loading it again loses nothing that was committed.
 */
export interface ActiveRun {
  readonly id: string
  readonly strategyId: string
  /** Its instruments, by token. */
  readonly instruments: ReadonlyMap<number, string>
  readonly strategy: StrategyInstance
  lots: readonly Lot[]
  totals: Totals
  /** The last processed packet of each instrument. */
  readonly seen: Map<number, Seen>
  /** The number of the next intent. */
  nextSeq: number
  /** `flatten`: to be stopped as soon as its positions are closed. `ended`: stopped or failed. */
  phase: 'running' | 'flatten' | 'ended'
  /** When it was loaded, by our clock: what arrived before may have been processed already. */
  readonly loadedAtMs: number
  /** Instruments of which prices may have been missed: the next one is checked for a gap. */
  readonly mayHaveGap: Set<number>
  /** The kind of trouble it waits for the end of, so that each is logged once. */
  waitingFor: 'expired' | 'disconnected' | 'interrupted' | null
}
