import { getSession, type Session } from '@stratdesk/contracts/session'
import { CancelledError } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { ProblemError, unreachable } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { queryClient } from '../../api/query-client.ts'
import { keepSessionEnd } from '../../api/session-end.ts'

/** An answer this fresh is believed: being sent from a screen to sign-in asks once, not twice. */
const freshMs = 2000
/** A server that takes longer to say who is signed in cannot be reached. */
const patienceMs = 15_000

const { queryKey } = q(getSession)
/** Settled once the answer to what index.html asked is taken, by whichever reader came first. */
let early: Promise<void> | undefined

/** Who is signed in, or why nobody is. */
export async function readSession(): Promise<Session | ProblemError> {
  early ??= Promise.resolve()
  await early
  const asked = queryClient.getQueryState(queryKey)
  if (asked?.error?.code === 'signed-out' && Date.now() - asked.errorUpdatedAt < freshMs)
    return keep(asked.error)
  try {
    return await askInTime()
  } catch (error) {
    if (isSignedOut(error)) return keep(error)
    throw error
  }
}

/**
 * Takes the answer to what index.html asked on a page that lets everybody in. The browser keeps it for the first who
 * asks, which may be after a sign-in, when it is no longer true. Of it only the reason is kept why a session ended.
 */
export function dropEarlyAnswer(): Promise<void> {
  early ??= call(getSession, {}, { signal: AbortSignal.timeout(patienceMs) }).then(
    () => {},
    (error) => {
      if (isSignedOut(error)) keep(error)
    },
  )
  return early
}

async function askInTime(): Promise<Session> {
  const timer = setTimeout(() => void queryClient.cancelQueries({ queryKey }), patienceMs)
  try {
    return await queryClient.ensureQueryData(q(getSession))
  } catch (error) {
    throw error instanceof CancelledError ? unreachable(false, error) : error
  } finally {
    clearTimeout(timer)
  }
}

function isSignedOut(error: unknown): error is ProblemError {
  return error instanceof ProblemError && error.code === 'signed-out'
}

/** The server tells a reason once, and takes the cookie away with it. */
function keep(why: ProblemError): ProblemError {
  keepSessionEnd(why)
  return why
}
