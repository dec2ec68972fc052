import type { Connection, ConnectionStatus } from '@stratdesk/contracts/connection'

/** The last stretch before 06:00 IST in which a connection is called expiring. */
export const expiringMs = 30 * 60_000

/** The status of a connection at `now` (epoch ms): time passes between two answers of the server. */
export function connectionNow({ status, expiresAt }: Connection, now: number): ConnectionStatus {
  if ((status !== 'connected' && status !== 'expiring') || expiresAt === null) return status
  const leftMs = Date.parse(expiresAt) - now
  if (leftMs <= 0) return 'expired'
  return leftMs <= expiringMs ? 'expiring' : 'connected'
}
