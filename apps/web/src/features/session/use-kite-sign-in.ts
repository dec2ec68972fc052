import { startKiteSignIn } from '@stratdesk/contracts/session'
import { useMutation } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import { keepReturnPath } from '../../api/return-path.ts'

/** The keys of the account's own Kite app; none where the server has its own. */
export interface KiteKeys {
  readonly apiKey?: string
  readonly apiSecret?: string
}

/** Begins the broker's login and goes to its page; `from` is where to return afterwards. */
export function useKiteSignIn(from: string | undefined) {
  return useMutation({
    mutationFn: (body: KiteKeys) => call(startKiteSignIn, { body }),
    onSuccess: ({ loginUrl }) => {
      keepReturnPath(from)
      location.assign(loginUrl)
    },
  })
}
