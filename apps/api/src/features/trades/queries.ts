import type { TradeFilters } from '@stratdesk/contracts/trades'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { PageRequest, PagePlace } from '../../http/paging.ts'
import { dayEnd, dayStart } from '../../time/ist.ts'

/** A page of round trips, newest first. */
export async function tradeRows(scope: BrokerScope, filters: TradeFilters, page: PageRequest) {
  return await tradesBehind(scope, filters, page.after).limit(page.limit).execute()
}

/** Round trips behind a place, newest first; `place` is the exact sort key with `id`. */
export function tradesBehind(scope: BrokerScope, filters: TradeFilters, after: PagePlace | undefined) {
  return filtered(scope, filters)
    .innerJoin('runs', 'runs.id', 'trades.run_id')
    .select((eb) => [
      'trades.id',
      'trades.run_id as runId',
      'runs.name as runName',
      'trades.strategy_id as strategyId',
      'trades.instrument',
      'trades.side',
      'trades.quantity',
      'trades.entry_price as entryPrice',
      'trades.exit_price as exitPrice',
      'trades.entry_at as entryAt',
      'trades.exit_at as exitAt',
      eb.cast<string>('trades.exit_at', 'text').as('place'),
      'trades.gross',
      'trades.charges',
      'trades.net',
      'trades.entry_reason as entryReason',
      'trades.exit_reason as exitReason',
      'trades.mode',
    ])
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb(eb.refTuple('trades.exit_at', 'trades.id'), '<', eb.tuple(after?.at ?? '', after?.id ?? '')),
      ),
    )
    .orderBy('trades.exit_at', 'desc')
    .orderBy('trades.id', 'desc')
}

/** Sums over all filtered round trips; null where there is none. */
export async function tradeTotals(scope: BrokerScope, filters: TradeFilters) {
  return await filtered(scope, filters)
    .select(({ fn }) => [
      fn.countAll<string>().as('count'),
      fn.countAll<string>().filterWhere('trades.net', '>', '0').as('wins'),
      fn.sum<string | null>('trades.gross').as('gross'),
      fn.sum<string | null>('trades.charges').as('charges'),
      fn.sum<string | null>('trades.net').as('net'),
    ])
    .executeTakeFirstOrThrow()
}

function filtered(scope: BrokerScope, filters: TradeFilters) {
  const { from, to, instrument, runId, strategyId, mode, side, result } = filters
  let query = scope.read('trades', 'runs').selectFrom('trades')
  if (from !== undefined) query = query.where('trades.exit_at', '>=', dayStart(from))
  if (to !== undefined) query = query.where('trades.exit_at', '<', dayEnd(to))
  if (instrument !== undefined) query = query.where('trades.instrument', '=', instrument)
  if (runId !== undefined) query = query.where('trades.run_id', '=', runId)
  if (strategyId !== undefined) query = query.where('trades.strategy_id', '=', strategyId)
  if (mode !== undefined) query = query.where('trades.mode', '=', mode)
  if (side !== undefined) query = query.where('trades.side', '=', side)
  if (result !== undefined) query = query.where('trades.net', result === 'win' ? '>' : '<=', '0')
  return query
}
