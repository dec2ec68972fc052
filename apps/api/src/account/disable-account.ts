import { setDisabledAt } from '@stratdesk/data/accounts'
import type { BrokerScope } from '@stratdesk/data/scope'
import { operator, recordAudit } from '../audit/record-audit.ts'

/** How the operator's wish ended: `unchanged` when it was so already, `unknown` when nobody has signed in with the id. */
export type Outcome = 'done' | 'unchanged' | 'unknown'

const stopReason = 'The account was disabled by the operator of the server'

/**
 * Disables the account: nobody signs in to it, every process of the server ends its sessions and streams as it hears
 * of it, and its active runs are asked to stop. Their open positions stay, and so do the stored broker keys.
 */
export async function disableAccount(scope: BrokerScope, now: Date): Promise<Outcome> {
  return await scope.transaction(async (tx) => {
    // Whoever starts a run or signs in holds this row too, and sees what became of it.
    if (!(await tx.lockAccount())) return 'unknown'
    if (!(await setDisabledAt(tx, now))) return 'unchanged'
    await recordAudit(tx, 'account-disabled', operator)
    await stopRuns(tx)
    return 'done'
  })
}

/** Lets the account sign in again. What was stopped stays so. */
export async function enableAccount(scope: BrokerScope): Promise<Outcome> {
  return await scope.transaction(async (tx) => {
    if (!(await tx.lockAccount())) return 'unknown'
    if (!(await setDisabledAt(tx, null))) return 'unchanged'
    await recordAudit(tx, 'account-enabled', operator)
    return 'done'
  })
}

async function stopRuns(tx: BrokerScope): Promise<void> {
  const stopped = await tx
    .update('runs')
    .set((eb) => ({
      desired: 'stopped',
      revision: eb('revision', '+', 1),
      stop_reason: eb.fn.coalesce('stop_reason', eb.val(stopReason)),
    }))
    .where('status', 'in', ['starting', 'running', 'stopping'])
    .where('desired', '=', 'running')
    .returning(['id', 'status', 'revision', 'flatten'])
    .execute()
  for (const { id, status, revision, flatten } of stopped) {
    await recordAudit(tx, 'run-stop-requested', operator, { runId: id, flatten, reason: 'account disabled' })
    await tx.emit('run', { runId: id, status, desired: 'stopped', revision })
  }
}
