import { accountState } from '@stratdesk/data/accounts'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { FastifyRequest } from 'fastify'
import type { SpendSignIn } from './sign-in-limits.ts'
import { type BrokerLogin, type BrokerSettings, SignInRefused } from './kite-login.ts'

/** What it takes to say who may come in. */
export interface AdmissionDeps {
  readonly broker: Pick<BrokerSettings, 'allowedBrokerIds'>
  readonly scopeFor: (brokerId: BrokerId) => BrokerScope
  readonly spendSignIn: SpendSignIn
}

/**
 * Lets in the account that the broker has vouched for, or throws SignInRefused: after too many sign-ins of it in a
 * minute, when it is not on the server's list, and when the operator disabled it. The latter two are refused in the same
 * words after the same work, so that neither the answer nor its time tells which it was.
 */
export async function admit(
  { broker, scopeFor, spendSignIn }: AdmissionDeps,
  request: FastifyRequest,
  { brokerId }: BrokerLogin,
): Promise<void> {
  const { allowedBrokerIds } = broker
  const retryAfterSeconds = await spendSignIn(request, brokerId)
  if (retryAfterSeconds > 0) throw new SignInRefused('too-many-sign-ins', { brokerId, retryAfterSeconds })
  const account = await accountState(scopeFor(brokerId))
  const isListed = allowedBrokerIds.size === 0 || allowedBrokerIds.has(brokerId)
  if (!isListed) throw new SignInRefused('not-allowed', { brokerId, because: 'not-on-the-list' })
  if (account?.disabledAt) throw new SignInRefused('not-allowed', { brokerId, because: 'disabled' })
}
