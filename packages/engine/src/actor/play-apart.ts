import type { BrokerScope } from '@stratdesk/data/scope'
import type { EngineLog } from '../log.ts'
import type { LiveQuote } from '../market/quote.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { Batch } from '../runs/batch.ts'
import type { FillContext } from '../runs/run-quote.ts'
import { playQuotes } from './play-quotes.ts'
import { failRefused, isRefusal } from './refusal.ts'

interface Apart {
  readonly scope: BrokerScope
  readonly log: EngineLog
  /** What a run needs whose consequences go into this batch. */
  readonly contextOf: (batch: Batch) => FillContext
  readonly commit: (batch: Batch) => Promise<void>
}

/**
 * Something in a batch of all runs was refused: gives the quotes to each run for itself, so that only the one that it came
 * from fails, and commits each. Returns how many quotes were given; `known` is then as with `playQuotes`.
 */
export async function playApart(
  quotes: readonly LiveQuote[],
  runs: Iterable<ActiveRun>,
  known: Map<number, LiveQuote>,
  { scope, log, contextOf, commit }: Apart,
): Promise<number> {
  let done = quotes.length
  for (const run of runs) {
    const batch = new Batch()
    done = Math.min(done, playQuotes(quotes, [run], new Map(known), contextOf(batch)))
    try {
      await commit(batch)
    } catch (error) {
      if (!isRefusal(error)) throw error
      log.error({ err: error, runId: run.id }, 'What a run came to cannot be kept')
      const failure = new Batch()
      await failRefused(scope, run, error, failure)
      await commit(failure)
    }
  }
  playQuotes(quotes.slice(0, done), [], known, contextOf(new Batch()))
  return done
}
