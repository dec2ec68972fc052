import { TradeFilters } from '@stratdesk/contracts/trades'
import { Id } from '@stratdesk/contracts/values'
import { z } from 'zod'

const { from, to, instrument, runId, strategyId, side, result } = TradeFilters.shape

/** The trades page's URL. A value that cannot be is dropped, so an old or mistyped link still opens the page. */
export const tradesSearch = z.object({
  from: from.catch(undefined),
  to: to.catch(undefined),
  instrument: instrument.catch(undefined),
  runId: runId.catch(undefined),
  strategyId: strategyId.catch(undefined),
  side: side.catch(undefined),
  result: result.catch(undefined),
  /** The trade whose details are open. */
  trade: Id.optional().catch(undefined),
})
export type TradesSearch = z.output<typeof tradesSearch>

/** The part of the URL that selects trades, as the API takes it; absent fields are left out. */
export function tradeFilters(search: TradesSearch): TradeFilters {
  const { trade: _open, ...filters } = search
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined))
}
