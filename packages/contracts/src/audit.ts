import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Id, Instant, page, pageFields } from './values.ts'

/** What the audit log records; the names are stable. */
export const AuditAction = z.enum([
  'signed-in',
  'sign-in-refused',
  'stepped-up',
  'signed-out',
  'device-renamed',
  'device-revoked',
  'connection-renewed',
  'disconnected',
  'keys-replaced',
  'keys-removed',
  'account-disabled',
  'account-enabled',
  'run-started',
  'run-stop-requested',
])
export type AuditAction = z.infer<typeof AuditAction>

/** Who did what, when and from which device; never changed once written. */
export const AuditEntry = z.object({
  id: z.string(),
  time: Instant,
  action: AuditAction,
  /** Null for what the server's operator did, and for sign-ins that were refused. */
  device: z.object({ id: Id, label: z.string() }).nullable(),
  ip: z.string().nullable(),
  /** Facts of the act, never a secret: `{ method: 'redirect' }`, `{ label: 'Phone' }`. */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const listAudit = endpoint({
  name: 'listAudit',
  room: 'audit',
  method: 'GET',
  path: '/api/audit',
  summary: 'Who did what from which device, newest first',
  query: z.strictObject({
    ...pageFields,
    action: AuditAction.optional(),
    /** The device that did it. */
    deviceId: Id.optional(),
    /** Included. */
    from: Instant.optional(),
    /** Not included. */
    to: Instant.optional(),
  }),
  replies: { 200: page(AuditEntry) },
})
