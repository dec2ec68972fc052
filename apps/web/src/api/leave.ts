import { getSession, getSignInOptions } from '@stratdesk/contracts/session'
import type { AnyRouter } from '@tanstack/react-router'
import { closeLive } from './live.ts'
import type { ProblemError } from './problem-error.ts'
import { q } from './query.ts'
import { queryClient } from './query-client.ts'
import { onSignedOut } from './request.ts'
import { keepAccount } from './return-path.ts'
import { forgetSessionEnd, keepSessionEnd } from './session-end.ts'

/** How a session ended: by an act on this device, for all devices at once, or by anything this page did not do. */
export type Ended = 'here' | 'everywhere' | 'elsewhere'

/** Ends the app's view of a session: no live stream, nothing cached, and the sign-in page with the reason. */
export async function leaveSession(router: AnyRouter, ended: Ended, why?: ProblemError): Promise<void> {
  closeLive()
  queryClient.removeQueries({ queryKey: q(getSession).queryKey })
  if (why !== undefined) keepSessionEnd(why)
  if (ended !== 'elsewhere') {
    // Whoever leaves by choice leaves no place behind and needs no reason.
    keepAccount(undefined)
    forgetSessionEnd()
  }
  const { href } = router.state.location
  const from = ended === 'elsewhere' && href !== '/' ? href : undefined
  await router.navigate({ to: '/sign-in', search: { ended, from } })
  // What the sign-in page itself asks for stays: it may be under way already.
  queryClient.removeQueries({ predicate: ({ queryKey: [name] }) => name !== getSignInOptions.name })
}

/** Leaves as soon as any call is answered 401 although this device was signed in, with the reason of the answer. */
export function watchSignOut(router: AnyRouter): () => void {
  return onSignedOut((why) => {
    if (queryClient.getQueryData(q(getSession).queryKey) !== undefined)
      void leaveSession(router, 'elsewhere', why)
  })
}
