import { ProblemError, problemMessage } from '../../api/problem-error.ts'
import { Notice } from '../../ui/notice.tsx'
import classes from './page.module.css'

/** True for the answer of an act that runs stand against, until it is confirmed. */
export function isConflict(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'conflict'
}

/** What stands against it, in the server's words. */
export function MayEndRuns({ error }: { readonly error: unknown }) {
  return (
    <div className={classes.inText}>
      <Notice tone="warn" title="Runs are active">
        {problemMessage(error)}
      </Notice>
    </div>
  )
}
