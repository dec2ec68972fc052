import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './values.ts'

export const ConnectionStatus = z.enum(['connected', 'expiring', 'expired', 'disconnected'])
export type ConnectionStatus = z.infer<typeof ConnectionStatus>

/** The account's broker token, shared by all its devices. `expiring` is the last 30 minutes before 06:00 IST. */
export const Connection = z.object({
  status: ConnectionStatus,
  expiresAt: Instant.nullable(),
  renewedAt: Instant.nullable(),
  renewedBy: z.string().nullable(),
  simulated: z.boolean(),
})
export type Connection = z.infer<typeof Connection>

export const getConnection = endpoint({
  name: 'getConnection',
  room: 'connection',
  method: 'GET',
  path: '/api/connection',
  summary: "The account's broker connection",
  replies: { 200: Connection },
})
