import { Readable } from 'node:stream'
import { exportTrades, getTradeTotals, listTrades } from '@stratdesk/contracts/trades'
import type { RoomDeps } from '../../app-deps.ts'
import { readPage } from '../../http/paging.ts'
import { tradesCsv } from './csv.ts'
import { asked, latestTrades, type TradeRow, tradesPage, tradeTotals } from './queries.ts'

/** Round trips: the list, its totals and its file. */
export function tradeRoutes({ route, cursors, now }: RoomDeps): void {
  route(listTrades, async ({ query, scope }) => {
    const list = { name: 'trades', cursors, scope }
    return await readPage(list, query, (page) => tradesPage(scope, query, page), placeOf)
  })

  route(getTradeTotals, async ({ query, scope }) => {
    const { values, shape } = asked(query)
    const [totals] = await scope.run(tradeTotals, values, shape)
    if (!totals) throw new Error('Sums without a row')
    return totals
  })

  route(exportTrades, async ({ query, scope, reply }) => {
    const { values, shape } = asked(query)
    const rows = scope.stream<TradeRow>((last) => ({
      limit: (limit) => ({
        execute: () => scope.run(latestTrades, { ...values, limit, ...(last && placeOf(last)) }, shape),
      }),
    }))
    const first = await rows.next()
    const day = new Date(now()).toISOString().slice(0, 10)
    return reply
      .header('content-type', 'text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="trades-${scope.brokerId}-${day}.csv"`)
      .send(Readable.from(tradesCsv(first, rows), { objectMode: false, highWaterMark: 64 * 1024 }))
  })
}

function placeOf({ exitAt, id }: TradeRow) {
  return { time: exitAt, id }
}
