import { startKiteSignIn } from '@stratdesk/contracts/session'
import { call } from '../../api/call.ts'
import { keepReturnPath } from '../../api/return-path.ts'
import { useBrokerLogin } from '../../api/use-broker-login.ts'

/** The keys of the account's own Kite app; none where the server has its own. */
export interface KiteKeys {
  readonly apiKey?: string
  readonly apiSecret?: string
}

/** Begins the broker's login and goes to its page; `from` is where to return afterwards. */
export function useKiteSignIn(from: string | undefined) {
  return useBrokerLogin(async (body: KiteKeys) => {
    const started = await call(startKiteSignIn, { body })
    keepReturnPath(from)
    return started
  })
}
