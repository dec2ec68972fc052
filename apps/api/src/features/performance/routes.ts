import { getEquity, getPerformance } from '@stratdesk/contracts/performance'
import type { RoomDeps } from '../../app-deps.ts'
import { periodStart } from '../../time/ist.ts'
import { equityRows, performanceRow } from './queries.ts'

const pointsUsual = 300

/** What the account made in a period; periods begin at midnight in India. */
export function performanceRoutes({ route, now }: RoomDeps): void {
  route(getPerformance, async ({ query, scope }) => {
    const period = query.period ?? 'today'
    const row = await performanceRow(scope, { from: periodStart(period, now()) })
    const realised = row.realised ?? '0'
    return {
      period,
      gross: row.gross ?? '0',
      charges: row.charges ?? '0',
      realised,
      ...openView(row, realised),
      tradeCount: Number(row.count),
      winRate: row.winRate,
      expectancy: row.expectancy,
      largestDrawdown: row.largestDrawdown,
    }
  })

  route(getEquity, async ({ query, scope }) => {
    const period = query.period ?? 'all'
    const range = { from: periodStart(period, now()), runId: query.runId }
    return { period, items: await equityRows(scope, range, Number(query.points ?? pointsUsual)) }
  })
}

/** Without open lots nothing is unrealised; with a lot whose price is not known, how much is not known either. */
function openView(row: Awaited<ReturnType<typeof performanceRow>>, realised: string) {
  if (Number(row.lots) === 0) return { unrealised: '0', net: realised, asOf: null }
  if (row.priced !== row.lots) return { unrealised: null, net: null, asOf: null }
  return { unrealised: row.unrealised, net: row.net, asOf: row.pricedAt }
}
