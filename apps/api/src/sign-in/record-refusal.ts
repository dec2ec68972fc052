import type { BrokerId } from '@stratdesk/data/broker-id'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/record-audit.ts'
import { SignInRefused } from './kite-login.ts'

/**
 * Records that a sign-in was refused, before it is answered (ASVS 16.3.1). Whose login the broker had vouched for gets
 * a row in the audit log, also where there is no account: nothing else is kept of it. Of anybody else there is one line
 * in the server's log. What is no refusal is left alone.
 */
export async function recordRefusal(
  { scopeFor }: { readonly scopeFor: (brokerId: BrokerId) => BrokerScope },
  request: FastifyRequest,
  error: unknown,
): Promise<void> {
  if (!(error instanceof SignInRefused)) return
  const { brokerId, because, reason, cause } = error
  if (brokerId === undefined) return logRefusal(request, reason, cause)
  const by = { deviceId: null, label: null, ip: request.ip }
  await recordAudit(scopeFor(brokerId), 'sign-in-refused', by, { reason: because ?? reason })
}

/** One line for whoever watches over the server: why a sign-in was refused and from where, nothing of what it brought. */
export function logRefusal(request: FastifyRequest, reason: string, cause?: unknown): void {
  const facts = { security: 'sign-in-refused', reason, ip: request.ip }
  request.log.warn(cause === undefined ? facts : { ...facts, err: cause }, 'a sign-in was refused')
}
