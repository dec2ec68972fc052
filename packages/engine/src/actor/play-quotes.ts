import type { LiveQuote } from '../market/quote.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { type FillContext, runQuote } from '../runs/run-quote.ts'

/** Keeps transactions short, and the values of a statement far below Postgres's 65,535. */
const fillsPerBatch = 200

/**
 * Gives quotes to runs in order until all are given or the batch is large enough; returns how many were given. `known`
 * holds the last quote of each token: quotes are added to it as they come, so that a strategy sees no later one.
 */
export function playQuotes(
  quotes: readonly LiveQuote[],
  runs: readonly ActiveRun[],
  known: Map<number, LiveQuote>,
  context: FillContext,
): number {
  const quoteOf = (name: string) => known.values().find(({ instrument }) => instrument === name)
  let done = 0
  for (const quote of quotes) {
    known.set(quote.instrumentToken, quote)
    for (const run of runs) {
      if (run.instruments.has(quote.instrumentToken)) runQuote(run, quote, { ...context, quoteOf })
    }
    done += 1
    if (context.batch.filled.length >= fillsPerBatch) break
  }
  return done
}
