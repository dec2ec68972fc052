import type { BrokerId } from '@stratdesk/data/broker-id'
import type { DeviceSession } from './device-session.ts'

/** Under what a session is stored: the SHA-256 of its id, so that a dump of the store opens nothing. */
export type SessionKey = string

const endReasons = [
  'signed-out',
  'signed-in-again',
  'revoked',
  'too-many-devices',
  'keys-changed',
  'account-disabled',
  'expired',
] as const

/** Why a session is over. */
export type EndReason = (typeof endReasons)[number]

/** Whether a text is a reason; stores outside this process may hold anything. */
export function isEndReason(text: unknown): text is EndReason {
  return endReasons.some((reason) => reason === text)
}

/** At most so many devices an account; signing in on one more ends the session that is oldest. */
export const devicesMax = 20

/** How long an ended session is remembered, so that a request still in flight cannot bring it back. */
export const tombstoneMs = 10 * 60_000

/** How often `lastSeenAt` is written at most. */
export const seenEveryMs = 60_000

/**
 * Where sessions are kept. Every store decides by the server's clock that a session has expired, never gives back one
 * that ended, and never forgets an ending within ten minutes. Calls reject when the store does not answer.
 */
export interface SessionStore {
  /** The live session of a key, now marked as seen; undefined when it is unknown, ended or expired. */
  get(key: SessionKey): Promise<DeviceSession | undefined>
  /** Whether the session of a key is live; asking does not mark it as seen. */
  isLive(key: SessionKey): Promise<boolean>
  /** Why the session of a key is over, for ten minutes after it ended; undefined for one that is live or unknown. */
  endedBecause(key: SessionKey): Promise<EndReason | undefined>
  /** Keeps a session unless its key has ended, in place of any other of its device; answers the devices that had to go. */
  set(key: SessionKey, session: DeviceSession): Promise<readonly DeviceSession[]>
  /** Ends a session for good, as `signed-out` when no reason is given; the first reason of an ending stays. */
  destroy(key: SessionKey, reason?: EndReason): Promise<void>
  /** The live sessions of an account, the longest signed in first. */
  devices(brokerId: BrokerId): Promise<readonly DeviceSession[]>
  /** Gives a device another label; undefined when the account has no such device. */
  rename(brokerId: BrokerId, deviceId: string, label: string): Promise<DeviceSession | undefined>
  /** Ends the sessions of those devices of the account; answers the ones that were live. */
  revoke(
    brokerId: BrokerId,
    deviceIds: readonly string[],
    reason: EndReason,
  ): Promise<readonly DeviceSession[]>
  /** Rejects when the store cannot be used. */
  check(): Promise<void>
  close(): Promise<void>
}
