import type { BrokerScope } from '@stratdesk/data/scope'
import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/record-audit.ts'
import type { DeviceSession } from './device-session.ts'

/** Tells the account's devices who signed in, unless it was signed in already, and who had to go for it. Never rejects. */
export async function tellDevices(
  scope: BrokerScope,
  request: FastifyRequest,
  device: DeviceSession,
  { isNew, crowdedOut }: { readonly isNew: boolean; readonly crowdedOut: readonly DeviceSession[] },
): Promise<void> {
  try {
    await scope.transaction(async (tx) => {
      for (const { deviceId } of crowdedOut) {
        await recordAudit(tx, 'device-revoked', device, { deviceId, reason: 'too many devices' })
        await tx.emit('device', { deviceId, change: 'revoked' })
      }
      if (isNew) await tx.emit('device', { deviceId: device.deviceId, change: 'signed-in' })
    })
  } catch (error) {
    const ended = crowdedOut.map(({ deviceId }) => deviceId)
    // The session is there already; the sign-in must not fail for what is said about it.
    request.log.error({ err: error, brokerId: scope.brokerId, ended }, 'a sign-in could not be announced')
  }
}

/** Writes that a browser left its account by signing in to another one, and tells that account's devices. Never rejects. */
export async function tellAccountLeft(
  scope: BrokerScope,
  request: FastifyRequest,
  before: DeviceSession,
): Promise<void> {
  try {
    await scope.transaction(async (tx) => {
      await recordAudit(tx, 'signed-out', before, { reason: 'signed in to another account' })
      await tx.emit('device', { deviceId: before.deviceId, change: 'signed-out' })
    })
  } catch (error) {
    // Its session is over already; the new sign-in must not fail for the old account's log.
    request.log.error({ err: error, brokerId: before.brokerId }, 'a sign-out could not be recorded')
  }
}
