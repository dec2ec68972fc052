import { searchInstruments } from '@stratdesk/contracts/instruments'
import type { RoomDeps } from '../../app-deps.ts'
import { findInstruments } from './queries.ts'

/** The instrument list, which is the same for everybody. */
export function instrumentRoutes({ route, market }: RoomDeps): void {
  route(searchInstruments, async ({ query }) => {
    const rows = await findInstruments(market, query.query ?? '', Number(query.limit ?? 20))
    return { items: rows.map((row) => ({ id: `${row.exchange}:${row.tradingsymbol}`, ...row })) }
  })
}
