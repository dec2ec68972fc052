import { getEquity, getPerformance, listPeriodResults, type Period } from '@stratdesk/contracts/performance'
import { listRuns } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { listTrades } from '@stratdesk/contracts/trades'
import { activeRuns } from '../../api/active-runs.ts'
import { load } from '../../api/load.ts'
import { q } from '../../api/query.ts'
import { istDay } from '../../lib/time.ts'
import { equityPointsMax } from './equity-facts.ts'

/** The results of all periods, each with the curve of its tile. */
export const allResults = q(listPeriodResults, { query: { points: '40' } })

/** The result of today alone, to value open positions again. */
export const resultOfToday = q(getPerformance, { query: { period: 'today' } })

/** The curve of one period with as many points as the large chart can show. */
export const equityOf = (period: Period) =>
  q(getEquity, { query: { period, points: String(equityPointsMax) } })

/** The newest run, only to know whether there has ever been one. */
export const anyRun = q(listRuns, { query: { limit: '1' } })

/** The newest trades of the day in IST. */
export const tradesOf = (day: string) => q(listTrades, { query: { from: day, to: day, limit: '10' } })

/** Starts what the dashboard shows at once. */
export function loadDashboard(period: Period): Promise<void> {
  return load(
    anyRun,
    q(listStrategies),
    allResults,
    activeRuns,
    equityOf(period),
    tradesOf(istDay(Date.now())),
  )
}
