import { problemMessage } from '../../api/problem-error.ts'
import { Notice } from '../../ui/notice.tsx'
import classes from './page.module.css'

/** What stands against an act until it is confirmed, in the server's words. */
export function MayEndRuns({ error }: { readonly error: unknown }) {
  return (
    <div className={classes.inText}>
      <Notice tone="warn" title="Runs are active">
        {problemMessage(error)}
      </Notice>
    </div>
  )
}
