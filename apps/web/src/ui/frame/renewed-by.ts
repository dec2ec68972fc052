import type { Connection } from '@stratdesk/contracts/connection'
import { connectionNow } from './connection-now.ts'

/**
 * The device that brought an ending or ended connection back between two looks at it (the first of them judged at
 * `now`, epoch ms); undefined where nothing came back, also when a device that signs in renews one that is fine.
 */
export function renewedBy(before: Connection, after: Connection, now: number): string | undefined {
  if (after.renewedBy === null) return undefined
  const isBack = connectionNow(before, now) !== 'connected' && connectionNow(after, now) === 'connected'
  return isBack ? after.renewedBy : undefined
}
