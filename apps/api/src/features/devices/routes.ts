import { listDevices, renameDevice, revokeDevice, revokeDevices } from '@stratdesk/contracts/devices'
import type { FastifyReply } from 'fastify'
import type { RoomDeps } from '../../app-deps.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { notFound } from '../../http/problem.ts'
import type { DeviceSession } from '../../sign-in/device-session.ts'
import { endDevices } from '../../sign-in/end-devices.ts'
import { unmarkDevice } from '../../sign-in/known-device.ts'
import { forgetDevices, relabelDevice } from '../../sign-in/remembered-devices.ts'
import { clearSessionCookie } from '../../sign-in/session-plugin.ts'

/** The browsers signed in to the account. They are sessions, so they live in the session store, not in Postgres. */
export function deviceRoutes(deps: RoomDeps): void {
  const { route, sessions, https } = deps

  route(listDevices, async ({ device }) => ({
    items: (await sessions.devices(device.brokerId)).map((other) => viewOf(other, device)),
  }))

  route(renameDevice, async ({ params, body, device, scope }) => {
    const { id: deviceId } = params
    const devices = await sessions.devices(device.brokerId)
    if (!devices.some((other) => other.deviceId === deviceId)) throw notFound()
    await scope.transaction(async (tx) => {
      await recordAudit(tx, 'device-renamed', device, { deviceId, label: body.label })
      await relabelDevice(tx, deviceId, body.label)
    })
    const renamed = await sessions.rename(device.brokerId, deviceId, body.label)
    if (!renamed) throw notFound()
    // Last: whoever hears of it asks for the list, which is the store's.
    await scope.emit('device', { deviceId, change: 'renamed' })
    return viewOf(renamed, device)
  })

  route(revokeDevice, async ({ params, device, scope, reply }) => {
    const ended = await endDevices(deps, scope, device, 'revoked', (other) => other.deviceId === params.id)
    if (ended === 0) throw notFound()
    if (params.id === device.deviceId) forgetBrowser(reply)
  })

  route(
    revokeDevices,
    async ({ query, device, scope, reply }) => {
      const keeps = query.scope === 'others' ? device.deviceId : undefined
      // First: should it fail, nobody was signed out yet, as the answer says.
      await forgetDevices(scope, keeps)
      const revoked = await endDevices(deps, scope, device, 'revoked', (other) => other.deviceId !== keeps)
      if (query.scope === 'all') forgetBrowser(reply)
      return { revoked }
    },
    { fresh: ({ query }) => query.scope === 'all' },
  )

  function forgetBrowser(reply: FastifyReply): void {
    clearSessionCookie(reply, https)
    unmarkDevice(reply)
  }
}

function viewOf(device: DeviceSession, caller: DeviceSession) {
  return {
    id: device.deviceId,
    label: device.label,
    userAgent: device.userAgent,
    ip: device.ip,
    createdAt: new Date(device.createdAt),
    lastSeenAt: new Date(device.lastSeenAt),
    current: device.deviceId === caller.deviceId,
  }
}
