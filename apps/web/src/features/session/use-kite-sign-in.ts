import { startKiteSignIn } from '@stratdesk/contracts/session'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../../api/call.ts'
import { keepReturnPath } from '../../api/return-path.ts'

/** The keys of the account's own Kite app; none where the server has its own. */
export interface KiteKeys {
  readonly apiKey?: string
  readonly apiSecret?: string
}

/**
 * Begins the broker's login and goes to its page; `from` is where to return afterwards. A page that the browser kept
 * and shows again on Back begins anew.
 */
export function useKiteSignIn(from: string | undefined) {
  const signIn = useMutation({
    mutationFn: (body: KiteKeys) => call(startKiteSignIn, { body }),
    onSuccess: ({ loginUrl }) => {
      keepReturnPath(from)
      location.assign(loginUrl)
    },
  })
  const { reset } = signIn
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) reset()
    }
    addEventListener('pageshow', onShow)
    return () => removeEventListener('pageshow', onShow)
  }, [reset])
  return signIn
}
