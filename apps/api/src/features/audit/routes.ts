import { AuditAction, listAudit } from '@stratdesk/contracts/audit'
import type { RoomDeps } from '../../app-deps.ts'
import { type PageRequest, readPage } from '../../http/paging.ts'
import { type AuditRow, latestAudit } from './queries.ts'

/** What was done in the account, by whom and from where. */
export function auditRoutes({ route, cursors }: RoomDeps): void {
  route(listAudit, async ({ query, scope }) => {
    const { action, deviceId } = query
    const filters = { action, deviceId, from: instant(query.from), to: instant(query.to) }
    const rows = (page: PageRequest) => scope.run(latestAudit, { ...filters, ...page })
    const { items, nextCursor } = await readPage({ name: 'audit', cursors, scope }, query, rows, (row) => row)
    const named = items.map((row) => ({ ...row, id: cursors.nameOf(scope.brokerId, 'audit', row.id) }))
    return { items: named.map(viewOf), nextCursor }
  })
}

function instant(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}

function viewOf({ deviceId, deviceLabel, detail, action, ...row }: AuditRow) {
  const device = deviceId === null ? null : { id: deviceId, label: deviceLabel ?? '' }
  return { ...row, action: AuditAction.parse(action), device, detail }
}
