import type { BrokerScope } from '@stratdesk/data/scope'
import { recordAudit } from '../audit/record-audit.ts'
import { isDatabaseDown } from '../http/database-down.ts'
import { ProblemError } from '../http/problem.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { DeviceSession } from './device-session.ts'
import { forgetDevice } from './remembered-devices.ts'
import type { SessionStore } from './session-store.ts'

/**
 * Ends the sessions of those devices of the caller's account that `isMeant` chooses, and their open streams; answers
 * how many. What is said of it is written first: when that fails, nothing was changed. A revoked device is forgotten.
 */
export async function endDevices(
  deps: { readonly sessions: SessionStore; readonly hub: Pick<EventHub, 'closeDevices'> },
  scope: BrokerScope,
  by: DeviceSession,
  how: 'signed-out' | 'revoked' | 'keys-changed',
  isMeant: (device: DeviceSession) => boolean,
): Promise<number> {
  const meant = (await deps.sessions.devices(scope.brokerId)).filter(isMeant)
  if (meant.length === 0) return 0
  await scope.transaction(async (tx) => {
    for (const { deviceId, label } of meant) {
      const reason = how === 'keys-changed' ? { reason: 'keys changed' } : {}
      const action = how === 'signed-out' ? how : 'device-revoked'
      await recordAudit(tx, action, by, { deviceId, label, ...reason })
      await tx.emit('device', { deviceId, change: how === 'signed-out' ? how : 'revoked' })
      if (how === 'revoked') await forgetDevice(tx, deviceId)
    }
  })
  const ids = meant.map((device) => device.deviceId)
  const ended = await deps.sessions.revoke(scope.brokerId, ids, how)
  await deps.hub.closeDevices(scope, ids)
  return ended.length
}

/**
 * Does what so many devices were ended for. When the database is out by then, the answer says that they are signed out:
 * the usual one would be that nothing was changed.
 */
export async function afterEnding<Result>(ended: number, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (ended === 0 || !isDatabaseDown(error)) throw error
    const message = 'Your other devices were signed out, but nothing else was changed. Try again in a moment'
    throw new ProblemError('unavailable', message, { retryAfterSeconds: 1, cause: error })
  }
}
