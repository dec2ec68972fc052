import { getEquity, getPerformance, type Period } from '@stratdesk/contracts/performance'
import { listRuns } from '@stratdesk/contracts/runs'
import { listStrategies } from '@stratdesk/contracts/strategies'
import { listTrades } from '@stratdesk/contracts/trades'
import { activeRuns } from '../../api/active-runs.ts'
import { load } from '../../api/load.ts'
import { q } from '../../api/query.ts'
import { istDay } from '../../lib/time.ts'
import { equityPointsMax } from './equity-facts.ts'
import { periods } from './periods.ts'

/** The result of one period. */
export const performanceOf = (period: Period) => q(getPerformance, { query: { period } })

/** The curve of one period with as many points as the large chart can show. */
export const equityOf = (period: Period) =>
  q(getEquity, { query: { period, points: String(equityPointsMax) } })

/** The curve of one period for a tile. */
export const sparkOf = (period: Period) => q(getEquity, { query: { period, points: '40' } })

/** The newest run, only to know whether there has ever been one. */
export const anyRun = q(listRuns, { query: { limit: '1' } })

/** The newest trades of the day in IST. */
export const tradesOf = (day: string) => q(listTrades, { query: { from: day, to: day, limit: '10' } })

/** Starts what the dashboard shows at once; its tiles ask for their small curves when they are there. */
export function loadDashboard(period: Period): Promise<void> {
  return load(
    anyRun,
    q(listStrategies),
    activeRuns,
    ...periods.map(performanceOf),
    equityOf(period),
    tradesOf(istDay(Date.now())),
  )
}
