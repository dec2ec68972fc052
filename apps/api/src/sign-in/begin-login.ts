import { loadConnection, resealConnection } from '@stratdesk/data/connections'
import type { BrokerScope } from '@stratdesk/data/scope'
import { SealBrokenError, type Vault } from '@stratdesk/data/vault'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ProblemError } from '../http/problem.ts'
import type { Account } from '../http/route.ts'
import { type BrokerSettings, kiteLoginUrl } from './kite-login.ts'
import { type BrokerKeys, type PendingLogin, type PendingSignIns, signInMs } from './pending-sign-ins.ts'
import { cookieName, setSignInCookie } from './session-plugin.ts'

/** What beginning a broker login needs of the server. */
export interface LoginDeps {
  readonly broker: BrokerSettings
  readonly pending: PendingSignIns
  readonly vault: Vault
  readonly https: boolean
}

/** A request and its answer. */
export interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Begins a broker login and binds it to this browser; answers where to send the browser. */
export async function beginLogin(
  { broker, pending, https }: LoginDeps,
  { request, reply }: Exchange,
  login: PendingLogin,
): Promise<{ readonly loginUrl: string }> {
  const { state, browser } = await pending.begin(login, request.cookies[cookieName('sign-in', https)])
  setSignInCookie(reply, browser, https, signInMs)
  return { loginUrl: kiteLoginUrl(broker, login.keys.apiKey, state) }
}

/**
 * Begins a login that has the broker vouch again for a device that is signed in, with the keys there are: nobody enters
 * them twice. Throws `conflict` when there are none that can be used.
 */
export async function beginLoginAgain(
  deps: LoginDeps,
  call: Exchange & Account,
  purpose: 'step-up' | 'renew',
  returnTo: string | undefined,
): Promise<{ readonly loginUrl: string }> {
  const { brokerId, deviceId } = call.device
  const keys = deps.broker.serverKeys ?? (await accountKeys(call.scope, deps.vault))
  const login = { keys, purpose, expects: { brokerId, deviceId } }
  return await beginLogin(deps, call, returnTo === undefined ? login : { ...login, returnTo })
}

/** Whether the account would begin a login with these keys now, too: they may have been changed since one began. */
export async function areKeysOf(
  { broker, vault }: Pick<LoginDeps, 'broker' | 'vault'>,
  scope: BrokerScope,
  { apiKey, apiSecret }: BrokerKeys,
): Promise<boolean> {
  if (broker.serverKeys) return true
  const stored = await loadConnection(scope, vault)
  return stored?.apiKey === apiKey && stored.apiSecret === apiSecret
}

async function accountKeys(scope: BrokerScope, vault: Vault): Promise<BrokerKeys> {
  try {
    await resealConnection(scope, vault)
    const { apiKey, apiSecret } = (await loadConnection(scope, vault)) ?? {}
    if (apiKey !== undefined && apiSecret != null) return { apiKey, apiSecret }
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error
  }
  throw new ProblemError(
    'conflict',
    'This server has no API secret of yours that it can use: enter your API key and secret again',
  )
}
