import type { TradeFilters } from '@stratdesk/contracts/trades'
import { countAll, countWhere, olderThan, sumOrZero } from '@stratdesk/data/expressions'
import { type Bound, prepared, type PreparedQuery } from '@stratdesk/data/prepared'
import type { BrokerScope, Read } from '@stratdesk/data/scope'
import { dayEnd, dayStart } from '../../broker/periods.ts'
import type { PageRequest } from '../../http/paging.ts'

interface TradesAsked {
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly instrument?: string | undefined
  readonly runId?: string | undefined
  readonly strategyId?: string | undefined
}

interface TradesShape {
  readonly [fact: string]: string | undefined
  readonly mode?: 'paper' | undefined
  readonly side?: 'long' | 'short' | undefined
  readonly result?: 'win' | 'loss' | undefined
}

/** One round trip as its query reads it. */
export type TradeRow =
  typeof latestTrades extends PreparedQuery<infer _Values, infer _Shape, infer Row> ? Row : never

/**
 * Round trips, newest first by `exitAt` and `id`. The page is taken before its runs are joined: left to itself, Postgres
 * reads and sorts all of a large account's trades, because it takes the trades of one run for few.
 */
export const latestTrades = prepared((read, bound: Bound<TradesAsked & PageRequest>, shape: TradesShape) =>
  read('trades', 'runs')
    .selectFrom((eb) => pageOf(filtered(eb, bound, shape), bound).as('trades'))
    .innerJoin('runs', 'runs.id', 'trades.run_id')
    .select([
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
      'trades.gross',
      'trades.charges',
      'trades.net',
      'trades.entry_reason as entryReason',
      'trades.exit_reason as exitReason',
      'trades.mode',
    ])
    .orderBy('trades.exit_at', 'desc')
    .orderBy('trades.id', 'desc'),
)

function pageOf(trades: ReturnType<typeof filtered>, { limit, time, id }: Bound<PageRequest>) {
  let query = trades.selectAll()
  if (time && id)
    query = query.where((eb) => olderThan([eb.ref('trades.exit_at'), eb.ref('trades.id')], { time, id }))
  return query.orderBy('trades.exit_at', 'desc').orderBy('trades.id', 'desc').limit(limit)
}

/** A page of the filtered round trips. */
export function tradesPage(
  scope: BrokerScope,
  filters: TradeFilters,
  page: PageRequest,
): Promise<TradeRow[]> {
  const { values, shape } = asked(filters)
  return scope.run(latestTrades, { ...values, ...page }, shape)
}

/** Sums over all filtered round trips. */
export const tradeTotals = prepared((read, bound: Bound<TradesAsked>, shape: TradesShape) =>
  filtered(read('trades', 'runs'), bound, shape).select((eb) => [
    countAll().as('count'),
    countWhere(eb('trades.net', '>', '0')).as('wins'),
    sumOrZero(eb.ref('trades.gross')).as('gross'),
    sumOrZero(eb.ref('trades.charges')).as('charges'),
    sumOrZero(eb.ref('trades.net')).as('net'),
  ]),
)

/** The filters of a request as values to bind and facts to branch on; days are whole days in India. */
export function asked({ from, to, instrument, runId, strategyId, mode, side, result }: TradeFilters) {
  const values = {
    from: from === undefined ? undefined : dayStart(from),
    to: to === undefined ? undefined : dayEnd(to),
    instrument,
    runId,
    strategyId,
  }
  return { values, shape: { mode, side, result } }
}

function filtered(trades: Read<'trades' | 'runs'>, bound: Bound<TradesAsked>, shape: TradesShape) {
  const { from, to, instrument, runId, strategyId } = bound
  let query = trades.selectFrom('trades')
  if (from) query = query.where('trades.exit_at', '>=', from)
  if (to) query = query.where('trades.exit_at', '<', to)
  if (instrument) query = query.where('trades.instrument', '=', instrument)
  if (runId) query = query.where('trades.run_id', '=', runId)
  if (strategyId) query = query.where('trades.strategy_id', '=', strategyId)
  if (shape.mode) query = query.where('trades.mode', '=', shape.mode)
  if (shape.side) query = query.where('trades.side', '=', shape.side)
  if (shape.result) query = query.where('trades.net', shape.result === 'win' ? '>' : '<=', '0')
  return query
}
