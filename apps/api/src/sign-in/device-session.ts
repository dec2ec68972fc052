import type { BrokerId } from '@stratdesk/data/broker-id'

/** One signed-in browser: who it is and since when, nothing else. Times are epoch milliseconds. */
export interface DeviceSession {
  readonly brokerId: BrokerId
  /** A public id; it gives no access. */
  readonly deviceId: string
  readonly label: string
  readonly userAgent: string
  readonly ip: string
  readonly createdAt: number
  /** When somebody last logged in at the broker on this device; 0 where a pasted access token is all it ever showed. */
  readonly authenticatedAt: number
  /** Exact to a minute. */
  readonly lastSeenAt: number
  readonly expiresAt: number
}

declare module 'fastify' {
  interface Session {
    /** Absent while nobody is signed in. */
    device?: DeviceSession
  }
}
