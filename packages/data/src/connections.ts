import type { BrokerScope, RowOf } from './scope.ts'
import { UnknownKeyError, type Vault } from './vault.ts'

type ConnectionRow = RowOf<'broker_connections'>

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
  /** Absent keeps the stored one when that belongs to the same API key; it would fit no other. */
  readonly apiSecret?: string
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
  const row = await readRow(scope)
  return row && openRow(row, vault)
}

async function readRow(scope: BrokerScope): Promise<ConnectionRow | undefined> {
  return await scope
    .read('broker_connections')
    .selectFrom('broker_connections')
    .selectAll()
    .executeTakeFirst()
}

function openRow(row: ConnectionRow, vault: Vault): OpenedConnection {
  const { renewed_by_device_id: deviceId, renewed_by_label: label } = row
  const facts = {
    apiKey: row.api_key,
    expiresAt: row.expires_at,
    renewedAt: row.renewed_at,
    renewedBy: deviceId !== null && label !== null ? { deviceId, label } : null,
  }
  const secrets = openSecrets(row, vault)
  if (!secrets) return { ...facts, status: 'disconnected', apiSecret: null, accessToken: null }
  return { ...facts, status: row.status, ...secrets }
}

/** The secrets of a row; undefined when they were sealed under a key that is gone. */
function openSecrets(row: ConnectionRow, vault: Vault) {
  const open = (sealed: Buffer | null) => sealed && vault.open(row.broker_id, sealed, row.key_id)
  try {
    return { apiSecret: open(row.api_secret_encrypted), accessToken: open(row.access_token_encrypted) }
  } catch (error) {
    if (error instanceof UnknownKeyError) return undefined
    throw error
  }
}

/**
 * Seals under the vault's current key what an older one of its keys sealed, so that the older one can be taken away.
 * Secrets whose key is gone already stay as they are.
 */
export async function resealConnection(scope: BrokerScope, vault: Vault): Promise<void> {
  const isOlder = (row: ConnectionRow | undefined) => row !== undefined && row.key_id !== vault.keyId
  if (!isOlder(await readRow(scope))) return
  await scope.transaction(async (tx) => {
    await tx.lockAccount()
    const row = await readRow(tx)
    const secrets = row && isOlder(row) && openSecrets(row, vault)
    if (!secrets) return
    await tx
      .update('broker_connections')
      .set({
        api_secret_encrypted: sealOrNull(tx, vault, secrets.apiSecret),
        access_token_encrypted: sealOrNull(tx, vault, secrets.accessToken),
        key_id: vault.keyId,
      })
      .execute()
  })
}

function sealOrNull({ brokerId }: BrokerScope, vault: Vault, secret: string | null): Buffer | null {
  return secret === null ? null : vault.seal(brokerId, secret)
}

/** The API key the account signed in with last, or gave since; undefined when it has none. It is no secret. */
export async function storedApiKey(scope: BrokerScope): Promise<string | undefined> {
  return (await readRow(scope))?.api_key
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
    const stored = await readRow(tx)
    const row = {
      api_key: renewed.apiKey,
      api_secret_encrypted: sealOrNull(tx, vault, renewed.apiSecret ?? keptSecret(stored, renewed, vault)),
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

/** A broken seal is no reason to refuse a login that brings its own secret, so nothing is opened for one. */
function keptSecret(stored: ConnectionRow | undefined, { apiKey }: RenewedConnection, vault: Vault) {
  if (stored?.api_key !== apiKey) return null
  return openSecrets(stored, vault)?.apiSecret ?? null
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
