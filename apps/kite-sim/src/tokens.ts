import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { daySeconds, istDay, istDayStart } from './ist.ts'

/** Simulated seconds for which a request token can be exchanged. */
const requestTokenSeconds = 120

/** Mints and checks tokens without keeping them: each carries its user and issue time, signed with the seed. */
export interface Tokens {
  mint(kind: TokenKind, apiKey: string, userId: string, second: number): string
  /** The user of a genuine token that is alive at `second`. */
  userOf(kind: TokenKind, apiKey: string, token: string, second: number): string | undefined
}

/** A request token is exchanged once for an access token. */
export type TokenKind = 'request' | 'access'

/** The next 06:00 IST after a second, at which access tokens issued then die. */
const nextSixOClock = (second: number): number =>
  istDayStart(istDay(second - daySeconds / 4) + 1) + daySeconds / 4

/** Tokens signed with a seed: the same seed accepts them after a restart. */
export function createTokens(seed: string): Tokens {
  const sign = (kind: TokenKind, apiKey: string, body: string): string =>
    createHmac('sha256', seed).update(`${kind}\n${apiKey}\n${body}`).digest('hex').slice(0, 32)
  return {
    mint: (kind, apiKey, userId, second) => {
      const issued = second.toString(36).padStart(7, '0')
      const body = `${userId}${issued}${randomBytes(6).toString('hex')}`
      return body + sign(kind, apiKey, body)
    },
    userOf: (kind, apiKey, token, second) => {
      const parts = /^((UK\d{4})([0-9a-z]{7})[0-9a-f]{12})([0-9a-f]{32})$/.exec(token)
      if (parts === null) return undefined
      const [, body = '', userId = '', issuedText = '', signature = ''] = parts
      const expected = sign(kind, apiKey, body)
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return undefined
      const issued = Number.parseInt(issuedText, 36)
      const dies = kind === 'access' ? nextSixOClock(issued) : issued + requestTokenSeconds
      return second < dies ? userId : undefined
    },
  }
}
