import type { ActiveRun } from '../runs/active-run.ts'
import type { Batch } from '../runs/batch.ts'
import type { Trouble } from './feed.ts'

/** Says in each run's log that it waits for prices, once for each kind of trouble, and that they are back. */
export function waitTexts(
  runs: Iterable<ActiveRun>,
  trouble: Trouble | null,
  patienceMs: number,
  batch: Batch,
): void {
  // What has not lasted yet changes nothing: most interruptions are over in a moment.
  if (trouble !== null && Date.now() - trouble.sinceMs <= patienceMs) return
  for (const run of runs) {
    const waitingFor = trouble?.kind ?? null
    if (run.waitingFor === waitingFor) continue
    run.waitingFor = waitingFor
    if (trouble === null) batch.log(run, 'info', 'Prices are back')
    else batch.log(run, 'warn', `Waiting, no new orders: ${trouble.reason}`)
  }
}

/** Says in each run's log that prices came faster than they could be processed, and how many were skipped. */
export function skippedTexts(runs: Iterable<ActiveRun>, count: number, batch: Batch): void {
  for (const run of runs)
    batch.log(run, 'warn', `${count} prices were skipped: they came faster than they could be processed`)
}
