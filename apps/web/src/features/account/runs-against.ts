import { ProblemError } from '../../api/problem-error.ts'

/** An act that is asked for with true once it is confirmed that runs stand against it. */
interface ConfirmedAct {
  readonly isPending: boolean
  readonly isSuccess: boolean
  readonly error: Error | null
  readonly variables: boolean | undefined
}

interface RunsAgainst {
  /** True from the refusal for the sake of runs on: the question is another then, also while the second try is under way. */
  readonly hasRuns: boolean
  /** The refusal itself, as long as it is the last word. */
  readonly conflict: Error | null
  /** The act without that refusal, which is a question and not a failure. */
  readonly act: { readonly isPending: boolean; readonly error: Error | null }
}

/** Whether runs stand against an act, as told by its answers; forgotten when it is done or reset. */
export function runsAgainst({ isPending, isSuccess, error, variables }: ConfirmedAct): RunsAgainst {
  const conflict = error instanceof ProblemError && error.code === 'conflict' ? error : null
  return {
    hasRuns: conflict !== null || (variables === true && !isSuccess),
    conflict,
    act: { isPending, error: conflict === null ? error : null },
  }
}
