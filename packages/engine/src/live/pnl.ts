import type { TickEvent } from '@stratdesk/contracts/events'
import Big from 'big.js'
import type { LiveQuote } from '../market/quote.ts'
import type { ActiveRun } from '../runs/active-run.ts'

export type RunPnl = TickEvent['runs'][number]['pnl']

/**
 * What a run has made: `gross`, `charges` and `realised` of its closed round trips (`realised = gross − charges`),
 * `unrealised` of its open lots at the last price, `net` of both. A price that is not known makes the last two null.
 * `asOf` is when the oldest price that it rests on arrived here; null when it rests on none.
 */
export function pnlOf(
  run: Pick<ActiveRun, 'lots' | 'totals'>,
  quoteOf: (token: number) => LiveQuote | undefined,
): RunPnl {
  const { gross, charges, net: realised } = run.totals
  const unrealised = unrealisedOf(run.lots, quoteOf)
  const arrivals = run.lots.flatMap(({ instrumentToken }) => quoteOf(instrumentToken)?.receivedAtMs ?? [])
  return {
    gross,
    charges,
    realised,
    unrealised: unrealised?.toFixed() ?? null,
    net: unrealised?.plus(realised).toFixed() ?? null,
    asOf:
      arrivals.length === 0 || unrealised === undefined
        ? null
        : new Date(Math.min(...arrivals)).toISOString(),
  }
}

function unrealisedOf(
  lots: ActiveRun['lots'],
  quoteOf: (token: number) => LiveQuote | undefined,
): Big | undefined {
  let sum = new Big(0)
  for (const { instrumentToken, side, remaining, price } of lots) {
    const quote = quoteOf(instrumentToken)
    if (quote === undefined) return undefined
    sum = sum.plus(new Big(quote.lastPrice).minus(price).times(side === 'long' ? remaining : -remaining))
  }
  return sum
}
