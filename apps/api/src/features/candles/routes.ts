import { listCandles } from '@stratdesk/contracts/candles'
import type { RoomDeps } from '../../app-deps.ts'
import { invalidFields } from '../../http/problem.ts'
import { instant } from '../../broker/periods.ts'

const candlesMax = 2000

/** Prices for charts: market data, the same for everybody. */
export function candleRoutes({ route, market }: RoomDeps): void {
  route(listCandles, async ({ query: { instrument, interval, from, to } }) => {
    const found = await market.instrument(instrument)
    if (!found) throw invalidFields([{ path: 'query.instrument', message: 'There is no such instrument' }])
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
