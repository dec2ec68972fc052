import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'

export interface VaultSecrets {
  /** CREDENTIALS_KEY; the first of a list seals, all of them open. */
  readonly credentialsKey?: string | readonly string[] | undefined
  /** SESSION_SECRET, or the list of it: seals only without a credentialsKey, opens always. */
  readonly sessionSecret: string | readonly string[]
}

/**
 * Seals broker secrets for one owner each: a broker's id, or what else the row of the named table is found by. Keys
 * rotate by their id, which is kept beside what they sealed.
 */
export interface Vault {
  /** The id of the key that seals now: a fingerprint that tells nothing of the key. */
  readonly keyId: string
  /** Encrypts and authenticates; the same text never looks the same twice. */
  seal(owner: string, text: string, table?: SealedTable): Buffer
  /** Throws UnknownKeyError when no key has this id, and SealBrokenError for changed bytes or another owner's. */
  open(owner: string, bytes: Buffer, keyId: string, table?: SealedTable): string
}

/** Where sealed secrets are kept; what was sealed for one of them does not open in another. */
export type SealedTable = 'broker_connections' | 'pending_sign_ins'

/** Sealed under a key this server was not given: the secret has to be asked for again. */
export class UnknownKeyError extends Error {
  constructor(keyId: string) {
    super(`No key has the id ${keyId}`)
  }
}

/** The bytes were changed, or sealed for another owner. */
export class SealBrokenError extends Error {
  constructor(cause: unknown) {
    super('The sealed secret does not open for this owner', { cause })
  }
}

const version = 1
const nonceBytes = 12
const tagBytes = 16

/** AES-256-GCM under keys derived by HKDF-SHA-256; table and owner are authenticated with each secret. */
export function createVault(secrets: VaultSecrets): Vault {
  const keys = [secrets.credentialsKey ?? [], secrets.sessionSecret].flat().map(deriveKey)
  const [sealing] = keys
  if (!sealing) throw new Error('A vault needs at least one secret')
  return {
    keyId: sealing.id,
    seal(owner, text, table = 'broker_connections') {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', sealing.key, nonce).setAAD(associatedData(table, owner))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed])
    },
    open(owner, bytes, keyId, table = 'broker_connections') {
      const known = keys.find((key) => key.id === keyId)
      if (!known) throw new UnknownKeyError(keyId)
      return unseal(known.key, associatedData(table, owner), bytes)
    },
  }
}

function unseal(key: Buffer, associated: Buffer, bytes: Buffer): string {
  try {
    if (bytes[0] !== version) throw new Error(`Unknown version ${bytes[0]}`)
    const nonce = bytes.subarray(1, 1 + nonceBytes)
    const tag = bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
      .setAAD(associated)
      .setAuthTag(tag)
    const text = decipher.update(bytes.subarray(1 + nonceBytes + tagBytes), undefined, 'utf8')
    return text + decipher.final('utf8')
  } catch (cause) {
    throw new SealBrokenError(cause)
  }
}

function associatedData(table: SealedTable, owner: string): Buffer {
  return Buffer.from(`stratdesk:${table}:${owner}`)
}

function deriveKey(secret: string): { readonly id: string; readonly key: Buffer } {
  if (secret.length < 16) throw new Error('A secret of the vault needs at least 16 characters')
  const key = Buffer.from(hkdfSync('sha256', secret, 'stratdesk', 'broker credentials', 32))
  return { key, id: hash('sha256', Buffer.concat([Buffer.from('key id'), key]), 'hex').slice(0, 12) }
}
