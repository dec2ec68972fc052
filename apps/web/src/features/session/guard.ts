import { getSession } from '@stratdesk/contracts/session'
import { redirect } from '@tanstack/react-router'
import { openLive } from '../../api/live.ts'
import { ProblemError } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { queryClient } from '../../api/query-client.ts'
import { keepAccount, ownPath, takeReturnPath } from '../../api/return-path.ts'
import { forgetSessionEnd, sessionEnd } from '../../api/session-end.ts'
import { dropEarlyAnswer, readSession } from './read-session.ts'
import type { SignInSearch } from './search.ts'

/** Lets only a signed-in device in, and opens its live stream; others go to sign-in and come back here afterwards. */
export async function requireSession({
  location,
  search,
}: {
  location: { href: string; pathname: string }
  search: Pick<SignInSearch, 'problem'>
}): Promise<void> {
  const isKnown = queryClient.getQueryData(q(getSession).queryKey) !== undefined
  const session = await readSession()
  if (session instanceof ProblemError) {
    const from = location.href === '/' ? undefined : location.href
    const ended = sessionEnd() === undefined ? undefined : 'elsewhere'
    throw redirect({ to: '/sign-in', search: { ended, from }, replace: true })
  }
  // What an earlier session ended of is over; one that this tab knows may have ended a moment ago in another.
  if (!isKnown) forgetSessionEnd()
  await openLive()
  const returnPath = location.pathname === '/' ? takeReturnPath(session.brokerId) : undefined
  keepAccount(session.brokerId)
  if (returnPath !== undefined)
    throw redirect({ href: withProblem(returnPath, search.problem), replace: true })
}

/**
 * Sends a signed-in device on, unless it came to give its keys; a server that is down does not hide sign-in. A login
 * that failed for somebody still signed in is told on the screen they came from: nothing has changed for them.
 */
export async function leaveSignIn({ search }: { search: SignInSearch }): Promise<void> {
  if (search.ended !== undefined || (search.renew === true && search.problem === undefined))
    return dropEarlyAnswer()
  const session = await readSession().catch(() => undefined)
  if (session === undefined || session instanceof ProblemError) return
  const place = ownPath(session.brokerId, search.from) ?? takeReturnPath(session.brokerId) ?? '/'
  throw redirect({ href: withProblem(place, search.problem), replace: true })
}

function withProblem(place: string, problem: SignInSearch['problem']): string {
  if (problem === undefined) return place
  const url = new URL(place, location.origin)
  url.searchParams.set('problem', problem)
  return `${url.pathname}${url.search}`
}
