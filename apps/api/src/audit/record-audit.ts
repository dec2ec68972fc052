import type { AuditAction } from '@stratdesk/contracts/audit'
import type { BrokerScope } from '@stratdesk/data/scope'

/** The device an act came from. A sign-in that was refused made no device; what the operator does comes from none. */
export interface Actor {
  readonly deviceId: string | null
  readonly label: string | null
  readonly ip: string | null
}

/** Plain facts about an act: nothing nested, and no secret. */
export type AuditDetail = Readonly<Record<string, string | number | boolean | null>>

/** Who acts on the server itself, by its commands. */
export const operator: Actor = { deviceId: null, label: null, ip: null }

/**
 * Writes who did what from which device; call it in the transaction of the act, so that there is neither without the
 * other (ASVS 16.2.1, 16.3.1). `detail` must hold no secret.
 */
export async function recordAudit(
  scope: BrokerScope,
  action: AuditAction,
  by: Actor,
  detail: AuditDetail = {},
): Promise<void> {
  const row = { device_id: by.deviceId, device_label: by.label, ip: by.ip, detail: JSON.stringify(detail) }
  await scope.insert('audit_log', { action, ...row }).execute()
}
