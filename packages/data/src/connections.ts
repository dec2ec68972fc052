import type { BrokerScope, RowOf } from './scope.ts'
import { UnknownKeyError, type Vault } from './vault.ts'

/** The account's connection to its broker with its secrets opened: for the sign-in room and the engine only. */
export interface OpenedConnection {
  readonly status: 'connected' | 'expired' | 'disconnected'
  readonly apiKey: string
  /** Null when it was never given, or was sealed under a key this server no longer has. */
  readonly apiSecret: string | null
  readonly accessToken: string | null
  readonly expiresAt: Date | null
  readonly renewedAt: Date | null
  readonly renewedBy: { readonly deviceId: string; readonly label: string } | null
}

/** What a completed broker login brings. */
export interface RenewedConnection {
  readonly apiKey: string
  /** Absent keeps the one there is. */
  readonly apiSecret?: string | null
  readonly accessToken: string
  readonly expiresAt: Date
  readonly deviceId: string
  readonly deviceLabel: string
}

/** The account's connection; undefined before the first sign-in. Without a key for its secrets it is disconnected. */
export async function loadConnection(
  scope: BrokerScope,
  vault: Vault,
): Promise<OpenedConnection | undefined> {
  const row = await scope
    .read('broker_connections')
    .selectFrom('broker_connections')
    .selectAll()
    .executeTakeFirst()
  return row && openRow(row, vault)
}

function openRow(row: RowOf<'broker_connections'>, vault: Vault): OpenedConnection {
  const open = (sealed: Buffer | null) => sealed && vault.open(row.broker_id, sealed, row.key_id)
  const { renewed_by_device_id: deviceId, renewed_by_label: label } = row
  const facts = {
    apiKey: row.api_key,
    expiresAt: row.expires_at,
    renewedAt: row.renewed_at,
    renewedBy: deviceId !== null && label !== null ? { deviceId, label } : null,
  }
  try {
    const apiSecret = open(row.api_secret_encrypted)
    return { ...facts, status: row.status, apiSecret, accessToken: open(row.access_token_encrypted) }
  } catch (error) {
    if (!(error instanceof UnknownKeyError)) throw error
    return { ...facts, status: 'disconnected', apiSecret: null, accessToken: null }
  }
}

/**
 * Keeps a renewed connection, tells the account's devices (event) and its actor (`account_wanted`), all or nothing.
 * The account's row must exist.
 */
export async function saveConnection(
  scope: BrokerScope,
  vault: Vault,
  renewed: RenewedConnection,
): Promise<void> {
  await scope.transaction(async (tx) => {
    // Two devices may renew at once; the later one waits here and sees the earlier one's secret.
    await tx.lockAccount()
    const secret =
      renewed.apiSecret === undefined ? (await loadConnection(tx, vault))?.apiSecret : renewed.apiSecret
    const row = {
      api_key: renewed.apiKey,
      api_secret_encrypted: secret ? vault.seal(tx.brokerId, secret) : null,
      access_token_encrypted: vault.seal(tx.brokerId, renewed.accessToken),
      key_id: vault.keyId,
      status: 'connected' as const,
      expires_at: renewed.expiresAt,
      renewed_at: new Date(),
      renewed_by_device_id: renewed.deviceId,
      renewed_by_label: renewed.deviceLabel,
    }
    await tx
      .insert('broker_connections', row)
      .onConflict((conflict) => conflict.column('broker_id').doUpdateSet(row))
      .execute()
    await tx.emit('connection', { status: 'connected', renewedBy: renewed.deviceLabel })
    await tx.notify('account_wanted')
  })
}

/** Marks a connected account's token as expired and tells its devices; false when there was nothing to mark. */
export async function markExpired(scope: BrokerScope): Promise<boolean> {
  return await scope.transaction(async (tx) => {
    // In the order of saveConnection: the account first, then its connection.
    await tx.lockAccount()
    const marked = await tx
      .update('broker_connections')
      .set({ status: 'expired', access_token_encrypted: null })
      .where('status', '=', 'connected')
      .returning('renewed_by_label')
      .executeTakeFirst()
    if (!marked) return false
    await tx.emit('connection', { status: 'expired', renewedBy: marked.renewed_by_label })
    return true
  })
}
