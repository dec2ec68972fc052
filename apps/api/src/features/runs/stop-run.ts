import type { BrokerScope } from '@stratdesk/data/scope'
import { recordAudit } from '../../audit/record-audit.ts'
import { notFound, ProblemError } from '../../http/problem.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'
import { lastChange } from './queries.ts'

const ended: ReadonlySet<string> = new Set(['stopped', 'failed', 'killed'])

/**
 * Writes that a run is wanted to be stopped. Throws `conflict` when it is no longer at the revision the caller saw,
 * with the words for what changed. A run that has ended, or is being stopped in that way already, stays as it is.
 */
export async function requestStop(
  scope: BrokerScope,
  device: DeviceSession,
  id: string,
  wish: { readonly revision: number; readonly flatten: boolean; readonly now: number },
): Promise<void> {
  await scope.transaction(async (tx) => {
    // The account first, as the engine does: the other way round each could wait for the other.
    await tx.lockAccount()
    const run = await tx.lock('runs', id)
    if (!run) throw notFound()
    if (run.revision !== wish.revision) throw await staleRevision(tx, run, wish.now)
    if (ended.has(run.status) || (run.desired === 'stopped' && run.flatten === wish.flatten)) return
    const revision = run.revision + 1
    await tx
      .update('runs')
      .set({
        desired: 'stopped',
        flatten: wish.flatten,
        revision,
        stop_reason: run.stop_reason ?? `Stopped from ${device.label}`,
      })
      .where('id', '=', id)
      .execute()
    await recordAudit(tx, 'run-stop-requested', device, { runId: id, flatten: wish.flatten })
    await tx.emit('run', { runId: id, status: run.status, desired: 'stopped', revision })
  })
}

async function staleRevision(
  scope: BrokerScope,
  run: { readonly id: string; readonly status: string; readonly desired: string },
  now: number,
): Promise<ProblemError> {
  const change = await lastChange(scope, run.id)
  const state = `It is ${run.status}${run.desired === 'stopped' && !ended.has(run.status) ? ', to be stopped' : ''} now.`
  if (change?.action !== 'run-stop-requested') {
    return new ProblemError(
      'conflict',
      `The run has changed since you looked: the server moved it on. ${state}`,
    )
  }
  const seconds = Math.max(0, Math.round((now - change.time.getTime()) / 1000))
  const message = `Changed ${ago(seconds)} ago on ${change.label ?? 'another device'}: the run was told to stop. ${state}`
  return new ProblemError('conflict', message)
}

function ago(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
