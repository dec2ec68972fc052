import { getSession } from '@stratdesk/contracts/session'
import { redirect } from '@tanstack/react-router'
import { openLive } from '../../api/live.ts'
import { ProblemError } from '../../api/problem-error.ts'
import { q } from '../../api/query.ts'
import { queryClient } from '../../api/query-client.ts'
import type { SignInSearch } from './search.ts'
import { takeReturnPath } from '../../api/return-path.ts'

/** An answer this fresh is believed: being sent from a screen to sign-in asks once, not twice. */
const freshMs = 2000

async function isSignedIn(): Promise<boolean> {
  const asked = queryClient.getQueryState(q(getSession).queryKey)
  if (asked?.error?.code === 'signed-out' && Date.now() - asked.errorUpdatedAt < freshMs) return false
  try {
    await queryClient.ensureQueryData(q(getSession))
    return true
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'signed-out') return false
    throw error
  }
}

/** Lets only a signed-in device in, and opens its live stream; others go to sign-in and come back here afterwards. */
export async function requireSession({
  location,
}: {
  location: { href: string; pathname: string }
}): Promise<void> {
  if (!(await isSignedIn())) {
    const from = location.href === '/' ? undefined : location.href
    throw redirect({ to: '/sign-in', search: { from }, replace: true })
  }
  await openLive()
  const returnPath = location.pathname === '/' ? takeReturnPath() : undefined
  if (returnPath !== undefined) throw redirect({ href: returnPath, replace: true })
}

/** Sends a signed-in device on, unless it came to renew the connection; a server that is down does not hide sign-in. */
export async function leaveSignIn({ search }: { search: SignInSearch }): Promise<void> {
  if (search.renew === true || search.problem !== undefined || search.ended !== undefined) return
  if (await isSignedIn().catch(() => false)) throw redirect({ href: search.from ?? '/', replace: true })
}
