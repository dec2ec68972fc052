import { listCandles } from '@stratdesk/contracts/candles'
import type { RoomDeps } from '../../app-deps.ts'
import { invalidFields } from '../../http/problem.ts'
import { instant } from '../../broker/periods.ts'
import { hasRunOf } from './queries.ts'

const candlesMax = 2000

/**
 * Prices for charts. They are the same for everybody, but they are there only while some account's run watches their
 * instrument; so an account gets those of its own runs' instruments, and none of what others trade shows.
 */
export function candleRoutes({ route, market }: RoomDeps): void {
  route(listCandles, async ({ query: { instrument, interval, from, to }, scope }) => {
    const found = await market.instrument(instrument)
    if (!found) throw invalidFields([{ path: 'query.instrument', message: 'There is no such instrument' }])
    if (!(await hasRunOf(scope, instrument))) return { items: [] }
    const items = await market.candles({
      instrumentToken: found.instrument_token,
      interval,
      from: from === undefined ? undefined : instant(from),
      to: to === undefined ? undefined : instant(to),
      limit: candlesMax,
    })
    return { items }
  })
}
