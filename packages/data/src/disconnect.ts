import type { BrokerScope } from './scope.ts'
import type { Vault } from './vault.ts'

const noToken = {
  access_token_encrypted: null,
  status: 'disconnected',
  expires_at: null,
  renewed_at: null,
  renewed_by_device_id: null,
  renewed_by_label: null,
} as const

/** Forgets the account's broker token and keeps its keys; false when it has no connection at all. */
export async function forgetToken(scope: BrokerScope): Promise<boolean> {
  return await scope.transaction(async (tx) => {
    await tx.lockAccount()
    const found = await tx.update('broker_connections').set(noToken).returning('status').executeTakeFirst()
    if (found) await tellDisconnected(tx)
    return found !== undefined
  })
}

/** Gives the account other keys; the token of the old ones is forgotten with them. The account's row must exist. */
export async function replaceKeys(
  scope: BrokerScope,
  vault: Vault,
  { apiKey, apiSecret }: { readonly apiKey: string; readonly apiSecret: string },
): Promise<void> {
  await scope.transaction(async (tx) => {
    await tx.lockAccount()
    const row = {
      ...noToken,
      api_key: apiKey,
      api_secret_encrypted: vault.seal(tx.brokerId, apiSecret),
      key_id: vault.keyId,
    }
    await tx
      .insert('broker_connections', row)
      .onConflict((conflict) => conflict.column('broker_id').doUpdateSet(row))
      .execute()
    await tellDisconnected(tx)
  })
}

/** Forgets keys and token of the account. */
export async function removeKeys(scope: BrokerScope): Promise<void> {
  await scope.transaction(async (tx) => {
    await tx.lockAccount()
    await tx.delete('broker_connections').execute()
    await tellDisconnected(tx)
  })
}

/** The account's devices by an event, its actor by a notification: it must not use the old token any longer. */
async function tellDisconnected(tx: BrokerScope): Promise<void> {
  await tx.emit('connection', { status: 'disconnected', renewedBy: null })
  await tx.notify('account_wanted')
}
