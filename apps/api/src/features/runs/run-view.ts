import type { RunRow } from './queries.ts'

/** A run as the contract shows it. P&L that depends on a price we do not have is null. */
export function runView(row: RunRow) {
  return {
    id: row.id,
    name: row.name,
    strategyId: row.strategyId,
    strategyVersion: row.strategyVersion,
    params: row.params,
    mode: row.mode,
    status: row.status,
    desired: row.desired,
    startedBy: { deviceId: row.deviceId, label: row.deviceLabel },
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    stoppedAt: row.stoppedAt,
    stopReason: row.stopReason,
    revision: row.revision,
    tradeCount: Number(row.count ?? 0),
    pnl: pnlView(row),
    lastActivityAt: row.lastActivityAt,
  }
}

function pnlView(row: RunRow) {
  const realised = row.realised ?? '0'
  const closed = { gross: row.gross ?? '0', charges: row.charges ?? '0', realised }
  if (Number(row.lots ?? 0) === 0) return { ...closed, unrealised: '0', net: realised, asOf: null }
  if (row.priced !== row.lots) return { ...closed, unrealised: null, net: null, asOf: null }
  return { ...closed, unrealised: row.unrealised, net: row.net, asOf: row.pricedAt }
}
