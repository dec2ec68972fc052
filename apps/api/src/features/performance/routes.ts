import { getEquity, getPerformance } from '@stratdesk/contracts/performance'
import type { RoomDeps } from '../../app-deps.ts'
import { periodStart } from '../../broker/periods.ts'
import { accountResult, equityCurve } from './queries.ts'

const pointsUsual = 300

/** What the account made in a period; periods begin at midnight in India. */
export function performanceRoutes({ route, now }: RoomDeps): void {
  route(getPerformance, async ({ query, scope }) => {
    const period = query.period ?? 'today'
    const [result] = await scope.run(accountResult, { from: periodStart(period, now()) })
    if (!result) throw new Error('Sums without a row')
    return { period, ...result, asOf: result.unrealised === null ? null : result.asOf }
  })

  route(getEquity, async ({ query, scope }) => {
    const period = query.period ?? 'all'
    const points = Number(query.points ?? pointsUsual)
    const range = { from: periodStart(period, now()), runId: query.runId }
    return { period, items: await scope.run(equityCurve, { ...range, points }) }
  })
}
