import type { AuditAction } from '@stratdesk/contracts/audit'
import { olderThan } from '@stratdesk/data/expressions'
import { type Bound, prepared, type PreparedQuery } from '@stratdesk/data/prepared'
import type { PageRequest } from '../../http/paging.ts'

interface AuditAsked {
  readonly action?: AuditAction | undefined
  readonly deviceId?: string | undefined
  /** Included. */
  readonly from?: Date | undefined
  /** Not included. */
  readonly to?: Date | undefined
}

/** One act as its query reads it. */
export type AuditRow =
  typeof latestAudit extends PreparedQuery<infer _Values, infer _Shape, infer Row> ? Row : never

/** What was done in the account, newest first by `time` and `id`; the device is the one that did it. */
export const latestAudit = prepared((read, bound: Bound<AuditAsked & PageRequest>) => {
  let query = read('audit_log')
    .selectFrom('audit_log')
    .select(['id', 'time', 'action', 'device_id as deviceId', 'device_label as deviceLabel', 'ip', 'detail'])
  const { action, deviceId, from, to, time, id } = bound
  if (action) query = query.where('action', '=', action)
  if (deviceId) query = query.where('device_id', '=', deviceId)
  if (from) query = query.where('time', '>=', from)
  if (to) query = query.where('time', '<', to)
  if (time && id) query = query.where((eb) => olderThan([eb.ref('time'), eb.ref('id')], { time, id }))
  return query.orderBy('time', 'desc').orderBy('id', 'desc').limit(bound.limit)
})
