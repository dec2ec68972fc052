import type { ConnectionKeys } from '@stratdesk/contracts/connection'
import { loadConnection } from '@stratdesk/data/connections'
import type { BrokerScope } from '@stratdesk/data/scope'
import { SealBrokenError, type Vault } from '@stratdesk/data/vault'
import type { BrokerKeys } from '../../sign-in/pending-sign-ins.ts'

/** What may be shown of the keys the account signs in with: the end of the API key, and never its secret. */
export async function readKeys(
  scope: BrokerScope,
  vault: Vault,
  serverKeys: BrokerKeys | undefined,
): Promise<ConnectionKeys> {
  if (serverKeys) return { source: 'server', apiKeyEnd: serverKeys.apiKey.slice(-4), hasSecret: true }
  const stored = await loadConnection(scope, vault).catch(brokenSeal)
  if (!stored) return { source: 'none', apiKeyEnd: null, hasSecret: false }
  return { source: 'account', apiKeyEnd: stored.apiKey.slice(-4), hasSecret: stored.apiSecret !== null }
}

function brokenSeal(error: unknown): undefined {
  if (!(error instanceof SealBrokenError)) throw error
}

/** How many runs of the account are not over. */
export async function countActiveRuns(scope: BrokerScope): Promise<number> {
  const row = await scope
    .read('runs')
    .selectFrom('runs')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('status', 'in', ['starting', 'running', 'stopping'])
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
