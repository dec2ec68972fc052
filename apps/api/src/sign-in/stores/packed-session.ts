import type { BrokerId } from '@stratdesk/data/broker-id'
import type { DeviceSession } from '../device-session.ts'

type Packed = readonly [BrokerId, string, string, string, string, number, number]

/**
 * A session in about half the memory of its object: one flat text, besides what every request asks for. Measured by
 * bench/limits/session-memory.ts, which holds it to 600 bytes a session with everything around it.
 */
export class PackedSession {
  readonly expiresAt: number
  lastSeenAt: number
  #text: string

  constructor(session: DeviceSession) {
    this.expiresAt = session.expiresAt
    this.lastSeenAt = session.lastSeenAt
    this.#text = pack(session)
  }

  /** The session as it is now. */
  get session(): DeviceSession {
    // Written by pack() alone.
    const [brokerId, deviceId, label, userAgent, ip, createdAt, authenticatedAt] = JSON.parse(
      this.#text,
    ) as Packed
    const { lastSeenAt, expiresAt } = this
    const device = { brokerId, deviceId, label, userAgent, ip }
    return { ...device, createdAt, authenticatedAt, lastSeenAt, expiresAt }
  }

  rename(label: string): void {
    this.#text = pack({ ...this.session, label })
  }
}

function pack(session: DeviceSession): string {
  const { brokerId, deviceId, label, userAgent, ip, createdAt, authenticatedAt } = session
  const packed: Packed = [brokerId, deviceId, label, userAgent, ip, createdAt, authenticatedAt]
  return JSON.stringify(packed)
}
