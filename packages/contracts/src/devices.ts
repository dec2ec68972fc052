import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Id, IdParams, Instant, items } from './values.ts'

export const Device = z.object({
  id: Id,
  label: z.string(),
  userAgent: z.string(),
  ip: z.string(),
  createdAt: Instant,
  lastSeenAt: Instant,
  current: z.boolean(),
})
export type Device = z.infer<typeof Device>

export const listDevices = endpoint({
  name: 'listDevices',
  room: 'devices',
  method: 'GET',
  path: '/api/devices',
  summary: 'The devices signed in to this account',
  replies: { 200: items(Device) },
})

export const renameDevice = endpoint({
  name: 'renameDevice',
  room: 'devices',
  method: 'PATCH',
  path: '/api/devices/:id',
  summary: 'Gives a device another label',
  params: IdParams,
  body: z.strictObject({ label: z.string().trim().min(1, 'Enter a label').max(60) }),
  replies: { 200: Device },
})

export const revokeDevice = endpoint({
  name: 'revokeDevice',
  room: 'devices',
  method: 'DELETE',
  path: '/api/devices/:id',
  summary: 'Signs one device out',
  params: IdParams,
  replies: { 204: null },
})

export const revokeDevices = endpoint({
  name: 'revokeDevices',
  room: 'devices',
  method: 'DELETE',
  path: '/api/devices',
  summary: 'Signs out the other devices, or all of them',
  query: z.strictObject({ scope: z.enum(['others', 'all']) }),
  replies: { 200: z.object({ revoked: z.int() }) },
})
