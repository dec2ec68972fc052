import { useSyncExternalStore } from 'react'
import { type ProblemError, sentence } from './problem-error.ts'

const key = 'stratdesk-session-end'
/** What the API says to somebody it knows nothing of: no reason. */
const noReason = 'Sign in to go on'

/**
 * Keeps the server's sentence on why this browser's session ended, for the sign-in page. Only the tab that asks first
 * is told: that answer takes the cookie away, so the sentence is kept for all of them, until the next sign-in.
 */
export function keepSessionEnd({ message }: ProblemError): void {
  if (message === noReason) return
  try {
    localStorage.setItem(key, message)
  } catch {
    // Storage is switched off: the sign-in page says in general words what may have happened.
  }
}

/** Forgets it: somebody signed in, or left by choice. */
export function forgetSessionEnd(): void {
  try {
    localStorage.removeItem(key)
  } catch {
    // As above: nothing was kept.
  }
}

/** Why this browser's session ended, as a whole sentence; undefined where the server did not say. */
export function sessionEnd(): string | undefined {
  try {
    const reason = localStorage.getItem(key)
    return reason === null ? undefined : sentence(reason)
  } catch {
    return undefined
  }
}

/** The same, kept current: another tab may hear it a moment later. */
export function useSessionEnd(): string | undefined {
  return useSyncExternalStore(subscribe, sessionEnd)
}

function subscribe(listener: () => void): () => void {
  addEventListener('storage', listener)
  return () => removeEventListener('storage', listener)
}
