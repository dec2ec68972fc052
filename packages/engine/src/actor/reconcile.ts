import type { BrokerScope } from '@stratdesk/data/scope'
import type { LiveQuote } from '../market/quote.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { heldText } from '../runs/execute.ts'
import {
  loadHeld,
  loadRun,
  readActiveRuns,
  readLots,
  type RunRow,
  type RunSources,
  UnrunnableError,
} from '../runs/load-run.ts'
import { failRun, type FillContext, flatten } from '../runs/run-quote.ts'

/** What bringing runs to their desired state needs. */
export interface ReconcileContext extends FillContext {
  readonly scope: BrokerScope
  readonly sources: RunSources
  /** The last quote of a token, only while it is current. */
  readonly currentQuote: (token: number) => LiveQuote | undefined
}

/**
 * Reads which runs are wanted and makes it so: starts the new, takes up what another process left, stops what is to
 * stop. Changes `runs` and the batch; the caller commits. A run that cannot be started has failed and says why.
 */
export async function reconcileRuns(runs: Map<string, ActiveRun>, context: ReconcileContext): Promise<void> {
  const rows = await readActiveRuns(context.scope)
  const wanted = new Set(rows.map(({ id }) => id))
  for (const id of runs.keys()) if (!wanted.has(id)) runs.delete(id)
  for (const row of rows) {
    const run = runs.get(row.id) ?? (await begin(row, context))
    if (run === undefined) continue
    runs.set(row.id, run)
    if (row.desired === 'stopped') stop(run, row, context)
  }
}

async function begin(
  row: RunRow,
  { scope, sources, batch }: ReconcileContext,
): Promise<ActiveRun | undefined> {
  if (row.status === 'starting' && row.desired === 'stopped') {
    batch.log(row, 'info', 'Stopped before it started')
    batch.statuses.push({ runId: row.id, status: 'stopped', reason: 'Stopped before it started' })
    return undefined
  }
  try {
    const run = await loadRun(scope, row, sources)
    if (row.status === 'starting') {
      const names = [...run.instruments.values()].join(', ')
      batch.log(row, 'info', `Started on ${names}; orders are simulated (paper)`)
      batch.statuses.push({ runId: row.id, status: 'running', reason: null })
    } else {
      batch.log(row, 'info', `Taken up again${heldPhrase(run)}`)
    }
    return run
  } catch (error) {
    if (!(error instanceof UnrunnableError)) throw error
    const held = row.desired === 'stopped' && row.flatten ? await loadHeld(scope, row) : undefined
    if (held) {
      batch.log(row, 'warn', `${error.message}. Its positions can be closed without it`)
      return held
    }
    failRun({ id: row.id, lots: await readLots(scope, row.id) }, error.message, batch)
    return undefined
  }
}

function heldPhrase(run: ActiveRun): string {
  const held = heldText(run)
  return held === null ? '' : `, holding ${held}`
}

function stop(run: ActiveRun, row: RunRow, context: ReconcileContext): void {
  const { batch } = context
  const held = heldText(run)
  if (run.phase === 'ended') return
  if (!row.flatten || held === null) {
    run.phase = 'ended'
    const reason = held === null ? 'Stopped' : `Stopped, position left open: ${held}`
    batch.log(run, held === null ? 'info' : 'warn', reason)
    batch.statuses.push({ runId: run.id, status: 'stopped', reason })
    return
  }
  run.phase = 'flatten'
  if (row.status !== 'stopping') {
    batch.log(run, 'info', `Stopping: closing ${held}`)
    batch.statuses.push({ runId: run.id, status: 'stopping', reason: null })
  }
  for (const token of new Set(run.lots.map((lot) => lot.instrumentToken))) {
    const quote = context.currentQuote(token)
    if (quote) flatten(run, quote, context)
  }
}
