import { hash } from 'node:crypto'
import * as z from 'zod'
import {
  holdingShape,
  marginsShape,
  positionsShape,
  profileShape,
  sessionShape,
  type Holding,
  type KiteSession,
  type Margins,
  type Positions,
  type Profile,
} from './account-shapes.ts'
import type { Reader } from './reader.ts'

/** Calls about the account itself; all reject with KiteError. */
export interface AccountCalls {
  /** Trades the login's single-use request token for an access token; sent once. */
  exchangeToken(login: { requestToken: string; apiSecret: string }): Promise<KiteSession>
  /** Ends an access token at the broker, for every device of the account; sent once. */
  invalidateToken(accessToken: string): Promise<void>
  profile(): Promise<Profile>
  margins(): Promise<Margins>
  /** Open and closed positions of the day; never inferred from a failed call. */
  positions(): Promise<Positions>
  holdings(): Promise<readonly Holding[]>
}

const lane = 'others'

/** Account calls over one reader. */
export function accountCalls(reader: Reader, apiKey: string): AccountCalls {
  return {
    exchangeToken({ requestToken, apiSecret }) {
      const checksum = hash('sha256', apiKey + requestToken + apiSecret)
      const form = new URLSearchParams({ api_key: apiKey, request_token: requestToken, checksum })
      const secrets = [apiSecret, requestToken, checksum]
      return reader.once(sessionShape, { method: 'POST', path: '/session/token', lane, form, secrets })
    },
    async invalidateToken(accessToken) {
      const query = new URLSearchParams({ api_key: apiKey, access_token: accessToken })
      await reader.once(z.unknown(), {
        method: 'DELETE',
        path: '/session/token',
        lane,
        query,
        secrets: [accessToken],
      })
    },
    profile: () => reader.get(profileShape, { path: '/user/profile', lane }),
    margins: () => reader.get(marginsShape, { path: '/user/margins', lane }),
    positions: () => reader.get(positionsShape, { path: '/portfolio/positions', lane }),
    holdings: () => reader.get(z.array(holdingShape), { path: '/portfolio/holdings', lane }),
  }
}
