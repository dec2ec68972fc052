import type { BrokerScope } from '@stratdesk/data/scope'
import { recordAudit } from '../audit/record-audit.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { DeviceSession } from './device-session.ts'
import type { SessionStore } from './session-store.ts'

/**
 * Ends the sessions of those devices of the caller's account that `isMeant` chooses, and their open streams; answers
 * how many. The ends, their audit rows and their events come about together or not at all.
 */
export async function endDevices(
  deps: { readonly sessions: SessionStore; readonly hub: EventHub },
  scope: BrokerScope,
  by: DeviceSession,
  how: 'signed-out' | 'revoked',
  isMeant: (device: DeviceSession) => boolean,
): Promise<number> {
  const ended = await scope.transaction(async (tx) => {
    const meant = (await deps.sessions.devices(scope.brokerId)).filter(isMeant)
    for (const { deviceId, label } of meant) {
      await recordAudit(tx, how === 'revoked' ? 'device-revoked' : how, by, { deviceId, label })
      await tx.emit('device', { deviceId, change: how })
    }
    const ids = new Set(meant.map((device) => device.deviceId))
    // Last: when the store fails, nothing of this was said.
    return deps.sessions.revoke(scope.brokerId, (device) => ids.has(device.deviceId))
  })
  for (const { deviceId } of ended) deps.hub.closeDevice(scope.brokerId, deviceId)
  return ended.length
}
