import type { ProblemError } from './problem-error.ts'

const key = 'stratdesk-session-end'
/** What the API says to somebody it knows nothing of: no reason. */
const noReason = 'Sign in to go on'

/** Keeps the server's sentence on why this device's session ended, for the sign-in page of this tab. */
export function keepSessionEnd(error: ProblemError | undefined): void {
  const reason = error === undefined || error.message === noReason ? undefined : error.message
  try {
    if (reason === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, reason)
  } catch {
    // Storage is switched off: the sign-in page says in general words what may have happened.
  }
}

/** Why this tab's session ended, as a whole sentence; undefined where the server did not say. */
export function sessionEnd(): string | undefined {
  try {
    const reason = sessionStorage.getItem(key)
    if (reason === null) return undefined
    return /[.!?]$/.test(reason) ? reason : `${reason}.`
  } catch {
    return undefined
  }
}
