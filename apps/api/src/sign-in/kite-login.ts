import type { SignInProblem } from '@stratdesk/contracts/session'
import { type BrokerId, mintBrokerId } from '@stratdesk/data/broker-id'
import { KiteError } from '@stratdesk/kite/kite-error'
import { loginUrl } from '@stratdesk/kite/login'
import { createKiteClient } from '@stratdesk/kite/rest'
import { accountName } from './account-name.ts'
import type { BrokerKeys } from './pending-sign-ins.ts'

/** Where the broker is and whom we let in. */
export interface BrokerSettings {
  readonly apiUrl: string
  readonly loginUrl: string
  /** The keys of the server's own app at the broker; without them users bring theirs. */
  readonly serverKeys: BrokerKeys | undefined
  /** True when the broker is the simulator. */
  readonly simulated: boolean
  /** Empty lets in everyone the broker vouches for. */
  readonly allowedBrokerIds: ReadonlySet<string>
}

/** An account as the broker vouched for it a moment ago, which may not be let in; keys and token are secrets. */
export interface BrokerLogin {
  readonly brokerId: BrokerId
  readonly name: string
  readonly apiKey: string
  /** Null when this login did not need it. */
  readonly apiSecret: string | null
  readonly accessToken: string
}

interface RefusalDetails {
  readonly cause?: unknown
  /** Whose login it was, when the broker got as far as saying so. */
  readonly brokerId?: BrokerId
  /** More than is told to the person: for the audit log. */
  readonly because?: string
  readonly retryAfterSeconds?: number
}

/** A sign-in that the broker or this server ended. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused'
  readonly reason: SignInProblem
  readonly brokerId: BrokerId | undefined
  readonly because: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(reason: SignInProblem, details: RefusalDetails = {}) {
    super(`sign-in refused: ${reason}`, { cause: details.cause })
    this.reason = reason
    this.brokerId = details.brokerId
    this.because = details.because
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** The address of the broker's login page; `state` comes back with the browser. */
export function kiteLoginUrl(broker: BrokerSettings, apiKey: string, state: string): string {
  return loginUrl({ loginUrl: broker.loginUrl, apiKey, redirectParams: { state } })
}

/** Trades a request token for the account it belongs to; throws SignInRefused. */
export async function loginByRequestToken(
  broker: BrokerSettings,
  keys: BrokerKeys,
  requestToken: string,
): Promise<BrokerLogin> {
  const client = createKiteClient({ apiUrl: broker.apiUrl, apiKey: keys.apiKey })
  const session = await asked(client.exchangeToken({ requestToken, apiSecret: keys.apiSecret }))
  const { accessToken } = session
  return vouched(session, { apiKey: keys.apiKey, apiSecret: keys.apiSecret, accessToken })
}

/** Asks the broker whose access token this is; throws SignInRefused. */
export async function loginByAccessToken(
  broker: BrokerSettings,
  apiKey: string,
  accessToken: string,
): Promise<BrokerLogin> {
  const client = createKiteClient({ apiUrl: broker.apiUrl, apiKey, accessToken })
  return vouched(await asked(client.profile()), { apiKey, apiSecret: null, accessToken })
}

function vouched(
  who: { readonly userId: string; readonly userName: string | null },
  secrets: Pick<BrokerLogin, 'apiKey' | 'apiSecret' | 'accessToken'>,
): BrokerLogin {
  const brokerId = minted(who.userId)
  return { brokerId, name: accountName(who.userName, brokerId), ...secrets }
}

function minted(userId: string): BrokerId {
  try {
    return mintBrokerId(userId)
  } catch (error) {
    throw new SignInRefused('broker-refused', { cause: error })
  }
}

async function asked<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try {
    return await reply
  } catch (error) {
    throw new SignInRefused(reasonOf(error), { cause: error })
  }
}

function reasonOf(error: unknown): SignInProblem {
  // Too many requests is a refusal of the moment, not of the keys.
  if (!(error instanceof KiteError) || error.status === 429) return 'broker-unavailable'
  // Kite says TokenException for a wrong secret too; only its words tell the two apart.
  if (error.isTokenDead) return /checksum/i.test(error.message) ? 'broker-refused' : 'token-expired'
  return error.isDefinite && error.status !== null ? 'broker-refused' : 'broker-unavailable'
}
