import { hash } from 'node:crypto'

/**
 * By what servers know whether they have a secret in common: 16 hex digits of a SHA-256 that serves nothing else, from
 * which a secret of 32 random characters cannot be found.
 */
export function fingerprintOf(secret: string): string {
  return hash('sha256', `stratdesk/session-secret/fingerprint/${secret}`, 'hex').slice(0, 16)
}
