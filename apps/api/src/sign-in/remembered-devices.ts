import type { BrokerScope } from '@stratdesk/data/scope'
import type { DeviceSession } from './device-session.ts'

/** At most so many devices of an account are remembered; those that signed in longest ago go. */
const rememberedMax = 50

/** The label of a device; undefined when the account never had it or has forgotten it. */
export async function recallLabel(scope: BrokerScope, deviceId: string): Promise<string | undefined> {
  const row = await scope
    .read('devices')
    .selectFrom('devices')
    .select('label')
    .where('id', '=', deviceId)
    .executeTakeFirst()
  return row?.label
}

/** Remembers a device that signs in, so that its browser is the same device when it comes back. */
export async function rememberDevice(scope: BrokerScope, device: DeviceSession): Promise<void> {
  const signedInAt = new Date(device.lastSeenAt)
  const now = { label: device.label, user_agent: device.userAgent, last_signed_in_at: signedInAt }
  await scope
    .insert('devices', { ...now, id: device.deviceId, first_signed_in_at: signedInAt })
    .onConflict((conflict) => conflict.columns(['broker_id', 'id']).doUpdateSet(now))
    .execute()
  const newest = scope.read('devices').selectFrom('devices').select('id')
  const kept = await newest.orderBy('last_signed_in_at', 'desc').limit(rememberedMax).execute()
  if (kept.length < rememberedMax) return
  const ids = kept.map(({ id }) => id)
  await scope.delete('devices').where('id', 'not in', ids).execute()
}

/** Gives a remembered device another label. */
export async function relabelDevice(scope: BrokerScope, deviceId: string, label: string): Promise<void> {
  await scope.update('devices').set({ label }).where('id', '=', deviceId).execute()
}

/** Forgets a device: its browser comes back as a new one. */
export async function forgetDevice(scope: BrokerScope, deviceId: string): Promise<void> {
  await scope.delete('devices').where('id', '=', deviceId).execute()
}

/** Forgets all devices of the account, also those that are signed out now; `keeps` stays. */
export async function forgetDevices(scope: BrokerScope, keeps: string | undefined): Promise<void> {
  const all = scope.delete('devices')
  await (keeps === undefined ? all : all.where('id', '!=', keeps)).execute()
}
