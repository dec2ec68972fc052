import type { AccountState } from '@stratdesk/data/accounts'
import { countAll } from '@stratdesk/data/expressions'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { SessionStore } from '../sign-in/session-store.ts'

/**
 * What the operator is told of an account, a line each: whether it may sign in, how many devices are signed in and how
 * many runs are active. No secret, and nothing of what it trades. Sessions in a server's memory cannot be seen from here.
 */
export async function describeAccount(
  scope: BrokerScope,
  account: AccountState,
  sessions: Pick<SessionStore, 'devices'> | undefined,
): Promise<string> {
  const runs = await scope
    .read('runs')
    .selectFrom('runs')
    .select(countAll().as('active'))
    .where('status', 'in', ['starting', 'running', 'stopping'])
    .executeTakeFirst()
  const devices = sessions ? (await sessions.devices(scope.brokerId)).length : undefined
  return [
    `${scope.brokerId}  ${account.name}`,
    `status   ${account.disabledAt ? `disabled since ${account.disabledAt.toISOString()}` : 'enabled'}`,
    `devices  ${devices === undefined ? 'known to the running server only, which keeps sessions in its memory' : `${devices} signed in`}`,
    `runs     ${runs?.active ?? 0} active`,
  ].join('\n')
}
