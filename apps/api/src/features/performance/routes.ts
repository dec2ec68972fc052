import { getEquity, getPerformance, listPeriodResults, Period } from '@stratdesk/contracts/performance'
import type { RoomDeps } from '../../app-deps.ts'
import { periodStart } from '../../broker/periods.ts'
import { accountResult, equityCurve, periodResults } from './queries.ts'

const pointsUsual = 300
const pointsOfPeriods = 40

/** What the account made in a period; periods begin at midnight in India. */
export function performanceRoutes({ route, now }: RoomDeps): void {
  route(getPerformance, async ({ query, scope }) => {
    const period = query.period ?? 'today'
    const [result] = await scope.run(accountResult, { from: periodStart(period, now()) })
    if (!result) throw new Error('Sums without a row')
    return { period, ...result, asOf: result.unrealised === null ? null : result.asOf }
  })

  route(listPeriodResults, async ({ query, scope }) => {
    const at = now()
    const results = await scope.run(periodResults, {
      today: periodStart('today', at),
      week: periodStart('week', at),
      month: periodStart('month', at),
      year: periodStart('year', at),
      points: Number(query.points ?? pointsOfPeriods),
    })
    const ordered = Period.options.flatMap((name) => results.filter(({ period }) => period === name))
    return { items: ordered.map((one) => ({ ...one, asOf: one.unrealised === null ? null : one.asOf })) }
  })

  route(getEquity, async ({ query, scope }) => {
    const period = query.period ?? 'all'
    const points = Number(query.points ?? pointsUsual)
    const range = { from: periodStart(period, now()), runId: query.runId }
    return { period, items: await scope.run(equityCurve, { ...range, points }) }
  })
}
