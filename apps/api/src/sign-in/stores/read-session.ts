import { mintBrokerId } from '@stratdesk/data/broker-id'
import { z } from 'zod'
import type { DeviceSession } from '../device-session.ts'

const time = z.union([z.int(), z.date().transform((date) => date.getTime()), digits()])

/** A session as a store outside this process gives it back: somebody else may have written there. */
const StoredSession = z.object({
  // Sign-in wrote what the broker vouched for; whoever can write another id into the store is past every wall.
  brokerId: z
    .string()
    .regex(/^[A-Z0-9]{2,16}$/)
    .transform(mintBrokerId),
  deviceId: z.string().min(1),
  label: z.string(),
  userAgent: z.string(),
  ip: z.string(),
  createdAt: time,
  authenticatedAt: time,
  lastSeenAt: time,
  expiresAt: time,
})

function digits() {
  return z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
}

/** The session of a stored record; undefined for one that is not whole. Times are numbers, dates or digits. */
export function readSession(record: unknown): DeviceSession | undefined {
  return StoredSession.safeParse(record).data
}
