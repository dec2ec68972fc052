import { Readable } from 'node:stream'
import { exportTrades, getTradeTotals, listTrades } from '@stratdesk/contracts/trades'
import type { RoomDeps } from '../../app-deps.ts'
import { readPage } from '../../http/paging.ts'
import { tradesCsv, type TradeRow } from './csv.ts'
import { tradeRows, tradesBehind, tradeTotals } from './queries.ts'

/** Round trips: the list, its totals and its file. */
export function tradeRoutes({ route, cursors, now }: RoomDeps): void {
  route(listTrades, async ({ query, scope }) =>
    readPage({ name: 'trades', cursors, scope }, query, (page) => tradeRows(scope, query, page), placeOf),
  )

  route(getTradeTotals, async ({ query, scope }) => {
    const { count, wins, gross, charges, net } = await tradeTotals(scope, query)
    return {
      count: Number(count),
      wins: Number(wins),
      gross: gross ?? '0',
      charges: charges ?? '0',
      net: net ?? '0',
    }
  })

  route(exportTrades, async ({ query, scope, reply }) => {
    const rows = scope.stream<TradeRow>((last) => tradesBehind(scope, query, last && placeOf(last)))
    const first = await rows.next()
    const day = new Date(now()).toISOString().slice(0, 10)
    return reply
      .header('content-type', 'text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="trades-${scope.brokerId}-${day}.csv"`)
      .send(Readable.from(tradesCsv(first, rows), { objectMode: false, highWaterMark: 64 * 1024 }))
  })
}

function placeOf(row: { readonly place: string; readonly id: string }) {
  return { at: row.place, id: row.id }
}
