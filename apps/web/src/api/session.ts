import { type Connection, renewConnection } from '@stratdesk/contracts/connection'
import { getSession, type Session, signOut, stepUp } from '@stratdesk/contracts/session'
import { ReturnPath } from '@stratdesk/contracts/values'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type AnyRouter, useRouter } from '@tanstack/react-router'
import { call } from './call.ts'
import { leaveSession } from './leave.ts'
import { ProblemError } from './problem-error.ts'
import { q } from './query.ts'
import { useBrokerLogin } from './use-broker-login.ts'

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

/** Goes to the broker's login to renew the account's connection and comes back to this place. */
export function useRenewConnection() {
  return useLoginAgain(renewConnection)
}

/** Goes to the broker's login to show that it is still you, and comes back to this place, where nothing was done yet. */
export function useStepUp() {
  return useLoginAgain(stepUp)
}

/** An account without keys to log in with (`conflict`) is led to the sign-in page, which asks for them and comes back. */
function useLoginAgain(endpoint: typeof renewConnection | typeof stepUp) {
  const router = useRouter()
  return useBrokerLogin(async () => {
    try {
      return await call(endpoint, { body: { returnTo: thisPlace(router) } })
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'conflict') throw error
      await router.navigate({ to: '/sign-in', search: { renew: true, from: router.state.location.href } })
      return undefined
    }
  })
}

/** Where the broker's login is to come back to: this very place, or its screen where its address is too long. */
function thisPlace(router: AnyRouter): string {
  const { href, pathname } = router.state.location
  const place = new URL(href, location.origin)
  // What an earlier login said is told already.
  place.searchParams.delete('problem')
  const whole = `${place.pathname}${place.search}`
  return ReturnPath.safeParse(whole).success ? whole : pathname
}
