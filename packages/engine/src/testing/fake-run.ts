import type { Decision, StrategyInstance } from '@stratdesk/strategies/strategy'
import type { LiveQuote } from '../market/quote.ts'
import { createPaperGateway } from '../paper/paper-gateway.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { Batch } from '../runs/batch.ts'
import type { QuoteContext } from '../runs/run-quote.ts'

/** A run in memory on instrument 257, `SIM:X`, whose strategy is the given part of one. */
export function runOf(strategy: Partial<StrategyInstance>): ActiveRun {
  return {
    id: 'run',
    strategyId: 'test',
    instruments: new Map([[257, 'SIM:X']]),
    strategy: { snapshot: () => ({}), restore: () => {}, ...strategy },
    lots: [],
    totals: { gross: '0', charges: '0', net: '0' },
    seen: new Map(),
    nextSeq: 1,
    phase: 'running',
    loadedAtMs: 0,
    mayHaveGap: new Set([257]),
    waitingFor: null,
  }
}

/** A quote of `SIM:X` at a second of the exchange, 100 with a spread of 20 paise unless told otherwise. */
export function quoteAt(second: number, change: Partial<LiveQuote> = {}): LiveQuote {
  return {
    instrumentToken: 257,
    instrument: 'SIM:X',
    lastPrice: '100',
    bid: '99.9',
    ask: '100.1',
    price: 100,
    timeMs: second * 1000,
    volume: second,
    receivedAtMs: second * 1000,
    ...change,
  }
}

/** What quotes are processed with, at a wall clock of `nowMs`. */
export function contextAt(nowMs = 0, lagMaxMs = Infinity): QuoteContext & { readonly batch: Batch } {
  return { batch: new Batch(), gateway: createPaperGateway(), nowMs, lagMaxMs, quoteOf: () => undefined }
}

/** A market order of `SIM:X`. */
export function order(side: 'buy' | 'sell', quantity: number): Decision {
  return { kind: 'intent', side, quantity, instrument: 'SIM:X', orderType: 'MARKET', reason: `${side} it` }
}
