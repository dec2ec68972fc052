import { AuditAction } from '@stratdesk/contracts/audit'
import { Day, Id } from '@stratdesk/contracts/values'
import { z } from 'zod'

/** The account page's URL: which act is asked about in a dialog. */
export const accountSearch = z.object({
  confirm: z.enum(['disconnect', 'replace-keys', 'remove-keys']).optional().catch(undefined),
})
export type AccountSearch = z.output<typeof accountSearch>

/** The activity page's URL; `from` and `to` are days in India, both included. */
export const activitySearch = z.object({
  action: AuditAction.optional().catch(undefined),
  device: Id.optional().catch(undefined),
  from: Day.optional().catch(undefined),
  to: Day.optional().catch(undefined),
})
export type ActivitySearch = z.output<typeof activitySearch>

/** The filters as the API takes them: instants, up to the end of the last day. Absent fields are left out. */
export function auditFilters({ action, device, from, to }: ActivitySearch) {
  return {
    ...(action === undefined ? {} : { action }),
    ...(device === undefined ? {} : { deviceId: device }),
    ...(from === undefined ? {} : { from: midnight(from) }),
    ...(to === undefined ? {} : { to: midnight(to, 1) }),
  }
}

/** The instant a day begins in India, or the one `days` later: there no clock is ever changed. */
function midnight(day: string, days = 0): string {
  return new Date(Date.parse(`${day}T00:00:00.000+05:30`) + days * 86_400_000).toISOString()
}

/** How many filters are set; days count once. */
export function countActivityFilters({ action, device, from, to }: ActivitySearch): number {
  return [action, device, from ?? to].filter((value) => value !== undefined).length
}
