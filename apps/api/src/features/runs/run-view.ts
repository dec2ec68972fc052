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
    tradeCount: row.tradeCount,
    pnl: {
      gross: row.gross,
      charges: row.charges,
      realised: row.realised,
      unrealised: row.unrealised,
      net: row.net,
      asOf: row.unrealised === null ? null : row.asOf,
    },
    lastActivityAt: row.lastActivityAt,
  }
}
