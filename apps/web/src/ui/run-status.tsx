import type { Run, RunStatus } from '@stratdesk/contracts/runs'
import type { Mode } from '@stratdesk/contracts/values'
import classes from './run-status.module.css'

const words: Readonly<Record<RunStatus, string>> = {
  starting: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  failed: 'Failed',
  killed: 'Killed',
}

/** True until a run has ended: it may still trade or close its positions. */
export function isActive(run: Pick<Run, 'status'>): boolean {
  return run.status === 'starting' || run.status === 'running' || run.status === 'stopping'
}

/** A run's status as a dot and a word; why it ended on hover. */
export function RunStatusMark({ run }: { readonly run: Pick<Run, 'status' | 'stopReason'> }) {
  return (
    <span
      className={`${classes.status ?? ''} ${classes[run.status] ?? ''}`}
      data-tip={run.stopReason ?? undefined}
    >
      <span className={classes.dot} aria-hidden />
      {words[run.status]}
    </span>
  )
}

const modes: Readonly<Record<Mode, { readonly label: string; readonly meaning: string }>> = {
  paper: { label: 'Paper', meaning: 'Fills are simulated at live quotes; nothing is sent to the broker.' },
}

/** How a run's orders are filled, with what that means on hover. */
export function ModeBadge({ mode }: { readonly mode: Mode }) {
  return (
    <span className={classes.mode} data-tip={modes[mode].meaning}>
      {modes[mode].label}
    </span>
  )
}
