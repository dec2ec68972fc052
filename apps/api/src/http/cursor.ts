import { createCipheriv, hash, hkdfSync, timingSafeEqual } from 'node:crypto'
import { invalidFields } from './problem.ts'

/** Turns the sort key of a page's last row into the opaque `nextCursor` and back. */
export interface Cursors {
  /** A cursor of one list of one account. */
  write(brokerId: string, list: string, key: readonly string[]): string
  /** The key of a cursor; throws `invalid-request` for anything but this account's cursor of this very list. */
  read(brokerId: string, list: string, cursor: string): readonly string[]
  /** The name that a row of a list is known by where its own number, counted over all accounts, would tell of others. */
  nameOf(brokerId: string, list: string, number: string): string
}

const tagBytes = 15

/**
 * Cursors under keys of the server: signed, so that another account's, another list's or a made-up one is refused, and
 * encrypted, because rows may be numbered over all accounts. The tag is the initial vector, as in SIV (RFC 5297).
 */
export function createCursors(secret: string): Cursors {
  const keyFor = (use: string) => Buffer.from(hkdfSync('sha256', secret, 'stratdesk', use, 32))
  const signingKey = keyFor('list cursors').toString('hex')
  const encryptionKey = keyFor('list cursors, encrypted')
  // Hashed twice under the key, as HMAC does, but in two one-shot calls: a quarter of createHmac's time.
  const tagOf = (brokerId: string, list: string, text: string) => {
    const inner = hash('sha256', `${signingKey}\n${brokerId}\n${list}\n${text}`)
    return hash('sha256', `${signingKey}\n${inner}`, 'buffer').subarray(0, tagBytes)
  }
  /** The same both ways. The last byte counts blocks, of which a cursor has few. */
  const cipher = (tag: Buffer, bytes: Buffer) =>
    createCipheriv('aes-256-ctr', encryptionKey, Buffer.concat([tag], 16)).update(bytes)
  return {
    write(brokerId, list, key) {
      const text = key.join('\n')
      const tag = tagOf(brokerId, list, text)
      return Buffer.concat([tag, cipher(tag, Buffer.from(text))]).toString('base64url')
    },
    read(brokerId, list, cursor) {
      const bytes = Buffer.from(cursor, 'base64url')
      const tag = bytes.subarray(0, tagBytes)
      const text = tag.length === tagBytes ? cipher(tag, bytes.subarray(tagBytes)).toString() : ''
      if (tag.length !== tagBytes || !timingSafeEqual(tag, tagOf(brokerId, list, text))) {
        throw invalidFields([{ path: 'query.cursor', message: 'Is not a cursor of this list' }])
      }
      return text.split('\n')
    },
    nameOf: (brokerId, list, number) => tagOf(brokerId, `${list}, a row`, number).toString('base64url'),
  }
}
