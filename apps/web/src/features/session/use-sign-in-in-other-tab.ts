import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ownPath } from '../../api/return-path.ts'
import type { SignInSearch } from './search.ts'

/** Goes on to where one was as soon as another tab of this browser has signed in. */
export function useSignInInOtherTab({ from, renew }: SignInSearch): void {
  const { history } = useRouter()
  useEffect(() => {
    // Here to give keys, and signed in all the while.
    if (renew === true) return undefined
    const tabs = new BroadcastChannel('stratdesk-session')
    tabs.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') history.replace(ownPath(data, from) ?? '/')
    })
    return () => tabs.close()
  }, [from, history, renew])
}
