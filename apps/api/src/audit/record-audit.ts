import type { BrokerScope } from '@stratdesk/data/scope'

/** What is written to the audit log; the names are stable. */
export type AuditAction =
  | 'signed-in'
  | 'signed-out'
  | 'device-renamed'
  | 'device-revoked'
  | 'run-started'
  | 'run-stop-requested'

/** The device an act came from. */
export interface Actor {
  readonly deviceId: string
  readonly label: string
  readonly ip: string
}

/** Writes who did what from which device; call it in the transaction of the act. `detail` must hold no secret. */
export async function recordAudit(
  scope: BrokerScope,
  action: AuditAction,
  by: Actor,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const row = { device_id: by.deviceId, device_label: by.label, ip: by.ip, detail: JSON.stringify(detail) }
  await scope.insert('audit_log', { action, ...row }).execute()
}
