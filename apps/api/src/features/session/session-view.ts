import type { RoomDeps } from '../../app-deps.ts'
import { readAccount } from '../../broker/connection-view.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'

/** Who is signed in on a device, as its account is now. */
export async function sessionView(
  { scopeFor, now, broker }: Pick<RoomDeps, 'scopeFor' | 'now' | 'broker'>,
  device: DeviceSession,
) {
  const { name, connection } = await readAccount(scopeFor(device.brokerId), now(), broker.simulated)
  return {
    brokerId: device.brokerId,
    name,
    device: { id: device.deviceId, label: device.label },
    signedInAt: new Date(Math.max(device.createdAt, device.authenticatedAt)),
    authenticatedAt: device.authenticatedAt === 0 ? null : new Date(device.authenticatedAt),
    expiresAt: new Date(device.expiresAt),
    connection,
  }
}
