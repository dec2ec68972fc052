import type { BrokerScope } from '@stratdesk/data/scope'
import pg from 'pg'
import type { ActiveRun } from '../runs/active-run.ts'
import type { Batch } from '../runs/batch.ts'
import { readLots } from '../runs/load-run.ts'
import { failRun } from '../runs/run-quote.ts'

/** Whether Postgres refused what was to be written for its values (classes 22 and 23): again, it would be again. */
export function isRefusal(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '')
}

/** Ends a run whose consequences were refused; what it holds is read anew, as nothing of it in memory is believed. */
export async function failRefused(
  scope: BrokerScope,
  run: ActiveRun,
  error: pg.DatabaseError,
  batch: Batch,
): Promise<void> {
  run.lots = await readLots(scope, run.id)
  failRun(run, `The strategy failed: what it did cannot be kept (${error.message})`, batch)
}
