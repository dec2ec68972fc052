import { Alert } from '@mantine/core'
import { ProblemError, problemMessage } from '../../api/problem-error.ts'
import { RequestId } from '../../ui/faces.tsx'
import classes from './sign-in.module.css'

/** What went wrong with a sign-in that this page began. */
export function SignInFailure({ error }: { readonly error: unknown }) {
  return (
    <Alert role="alert" className={classes.problem} title="Nobody was signed in">
      {problemMessage(error)}
      {error instanceof ProblemError && error.requestId !== '' && <RequestId id={error.requestId} />}
    </Alert>
  )
}
