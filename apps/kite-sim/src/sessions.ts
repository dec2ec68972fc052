import { hash } from 'node:crypto'
import { inputError, tokenError } from './kite-error.ts'
import { createTokens } from './tokens.ts'

/** A registered Kite Connect app. */
export interface KiteApp {
  readonly apiKey: string
  readonly apiSecret: string
  /** The one address a login may send the browser to. */
  readonly redirectUrl: string
}

/** Logins and access tokens. */
export interface Sessions {
  app(apiKey: string): KiteApp | undefined
  /** A request token for a user who has just logged in. */
  beginLogin(apiKey: string, userId: string): string
  /** Exchanges a request token, once, for the user and an access token; throws Kite's errors. */
  exchange(apiKey: string, requestToken: string, checksum: string): { userId: string; accessToken: string }
  /** The user of a living access token. */
  userOf(apiKey: string, accessToken: string, second?: number): string | undefined
  revoke(accessToken: string): void
  reset(): void
}

/** Tokens remembered as used or revoked; the oldest are forgotten first. */
const rememberedMax = 100_000

/** The logins of the given apps, at the time the clock tells. */
export function createSessions(seed: string, apps: readonly KiteApp[], now: () => number): Sessions {
  const tokens = createTokens(seed)
  const byKey = new Map(apps.map((app) => [app.apiKey, app]))
  const dead = new Set<string>()
  const bury = (token: string): void => {
    if (dead.size >= rememberedMax) dead.delete(dead.values().next().value ?? token)
    dead.add(token)
  }
  return {
    app: (apiKey) => byKey.get(apiKey),
    beginLogin: (apiKey, userId) => tokens.mint('request', apiKey, userId, now()),
    exchange: (apiKey, requestToken, checksum) => {
      const app = byKey.get(apiKey)
      if (app === undefined) throw inputError('Invalid `api_key`.')
      if (checksum !== hash('sha256', apiKey + requestToken + app.apiSecret)) {
        throw tokenError('Invalid `checksum`.')
      }
      const userId = tokens.userOf('request', apiKey, requestToken, now())
      if (userId === undefined || dead.has(requestToken)) throw tokenError('Token is invalid or has expired.')
      bury(requestToken)
      return { userId, accessToken: tokens.mint('access', apiKey, userId, now()) }
    },
    userOf: (apiKey, accessToken, second = now()) =>
      byKey.has(apiKey) && !dead.has(accessToken)
        ? tokens.userOf('access', apiKey, accessToken, second)
        : undefined,
    revoke: bury,
    reset: () => dead.clear(),
  }
}
