import { getSession, getSignInOptions } from '@stratdesk/contracts/session'
import type { AnyRouter } from '@tanstack/react-router'
import { closeLive } from './live.ts'
import { q } from './query.ts'
import { queryClient } from './query-client.ts'
import { onSignedOut } from './request.ts'

/** Ends the app's view of a session: no live stream, nothing cached, and the sign-in page with the reason. */
export async function leaveSession(router: AnyRouter, ended: 'here' | 'elsewhere'): Promise<void> {
  closeLive()
  queryClient.removeQueries({ queryKey: q(getSession).queryKey })
  const { href } = router.state.location
  const from = ended === 'elsewhere' && href !== '/' ? href : undefined
  await router.navigate({ to: '/sign-in', search: { ended, from } })
  // What the sign-in page itself asks for stays: it may be under way already.
  queryClient.removeQueries({ predicate: ({ queryKey: [name] }) => name !== getSignInOptions.name })
}

/** Leaves as soon as any call is answered 401 although this device was signed in. */
export function watchSignOut(router: AnyRouter): () => void {
  return onSignedOut(() => {
    if (queryClient.getQueryData(q(getSession).queryKey) !== undefined) void leaveSession(router, 'elsewhere')
  })
}
