import { z } from 'zod'
import { BrokerKeys } from './broker-keys.ts'
import { endpoint } from './endpoint.ts'
import { Instant, ReturnPath } from './values.ts'

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

export const renewConnection = endpoint({
  name: 'renewConnection',
  room: 'connection',
  method: 'POST',
  path: '/api/connection/renew',
  summary: 'Starts a broker login with the keys of the account; comes back to `returnTo`',
  body: z.strictObject({ returnTo: ReturnPath.optional() }),
  replies: { 200: z.object({ loginUrl: z.url() }) },
})

export const disconnect = endpoint({
  name: 'disconnect',
  room: 'connection',
  method: 'DELETE',
  path: '/api/connection',
  summary:
    'Forgets the broker token; while runs are active it needs `confirm=true`, because they get no more prices',
  query: z.strictObject({ confirm: z.enum(['true', 'false']).optional() }),
  replies: { 204: null },
})

/** Which keys of the broker's the account signs in with; the secret is never shown again. */
export const ConnectionKeys = z.object({
  /** `server`: the operator's app, which no account can change. `none`: the account gave none, or removed them. */
  source: z.enum(['server', 'account', 'none']),
  /** The last four characters of the API key, to recognise it by. */
  apiKeyEnd: z.string().nullable(),
  hasSecret: z.boolean(),
})
export type ConnectionKeys = z.infer<typeof ConnectionKeys>

export const getConnectionKeys = endpoint({
  name: 'getConnectionKeys',
  room: 'connection',
  method: 'GET',
  path: '/api/connection/keys',
  summary: "What is known of the account's keys at the broker",
  replies: { 200: ConnectionKeys },
})

export const replaceConnectionKeys = endpoint({
  name: 'replaceConnectionKeys',
  room: 'connection',
  method: 'PUT',
  path: '/api/connection/keys',
  summary:
    'Gives the account other keys, needs a recent sign-in: signs the other devices out and asks for a broker login with the new keys',
  body: BrokerKeys,
  replies: { 200: ConnectionKeys },
})

export const removeConnectionKeys = endpoint({
  name: 'removeConnectionKeys',
  room: 'connection',
  method: 'DELETE',
  path: '/api/connection/keys',
  summary: 'Forgets keys and token of the account, needs a recent sign-in: signs the other devices out',
  query: z.strictObject({ confirm: z.enum(['true', 'false']).optional() }),
  replies: { 204: null },
})
