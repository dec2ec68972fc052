import { listAudit } from '@stratdesk/contracts/audit'
import { getConnection, getConnectionKeys } from '@stratdesk/contracts/connection'
import { listDevices } from '@stratdesk/contracts/devices'
import { listOrders } from '@stratdesk/contracts/orders'
import { getEquity, getPerformance, listPeriodResults } from '@stratdesk/contracts/performance'
import { listPositions } from '@stratdesk/contracts/positions'
import { getRun, listRunLogs, listRuns } from '@stratdesk/contracts/runs'
import { getSession } from '@stratdesk/contracts/session'
import { getTradeTotals, listTrades } from '@stratdesk/contracts/trades'
import type { AccountEvent } from './event-stream.ts'

/** The query keys an event makes stale: those of its room, and of the one run it names. */
export function staleQueries(event: AccountEvent): readonly (readonly unknown[])[] {
  switch (event.type) {
    case 'run':
      return [[listRuns.name], ...ofRun(event.payload.runId), [listPositions.name], [listAudit.name]]
    case 'order':
      return [[listOrders.name], ...ofRun(event.payload.runId)]
    case 'fill':
      return [[listOrders.name], [listPositions.name], [listRuns.name], ...ofRun(event.payload.runId)]
    case 'trade':
      return [
        [listTrades.name],
        [getTradeTotals.name],
        [getPerformance.name],
        [getEquity.name],
        [listPeriodResults.name],
        [listRuns.name],
        ...ofRun(event.payload.runId),
      ]
    case 'connection':
      return [[getConnection.name], [getConnectionKeys.name], [getSession.name], [listAudit.name]]
    case 'device':
      return [[listDevices.name], [getSession.name], [listAudit.name]]
  }
}

function ofRun(runId: string): readonly (readonly unknown[])[] {
  const params = { params: { id: runId } }
  return [
    [getRun.name, params],
    [listRunLogs.name, params],
  ]
}
