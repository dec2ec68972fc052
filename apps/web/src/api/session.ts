import type { Connection } from '@stratdesk/contracts/connection'
import {
  getSession,
  getSignInOptions,
  type Session,
  signOut,
  startKiteSignIn,
} from '@stratdesk/contracts/session'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { call } from './call.ts'
import { leaveSession } from './leave.ts'
import { q } from './query.ts'
import { queryClient } from './query-client.ts'
import { keepReturnPath } from './return-path.ts'

/** Who is signed in on this device; undefined only in the moment of signing out. */
export function useSession(): Session | undefined {
  return useQuery(q(getSession)).data
}

/** The account's broker connection as the session tells it. */
export function useConnection(): Connection | undefined {
  return useSession()?.connection
}

/** Signs this device out. Runs and the broker connection go on. */
export function useSignOut() {
  const router = useRouter()
  return useMutation({
    mutationFn: () => call(signOut),
    onSuccess: () => leaveSession(router, 'here'),
  })
}

/**
 * Goes to the broker's login to renew the account's connection and comes back to this place. A server without a key
 * of its own needs the account's keys first: the sign-in page asks for them.
 */
export function useRenewConnection() {
  const router = useRouter()
  return useMutation({
    mutationFn: async () => {
      const { href } = router.state.location
      const { serverKey } = await queryClient.ensureQueryData(q(getSignInOptions))
      if (!serverKey) return router.navigate({ to: '/sign-in', search: { renew: true, from: href } })
      const { loginUrl } = await call(startKiteSignIn, { body: {} })
      keepReturnPath(href)
      location.assign(loginUrl)
    },
  })
}
