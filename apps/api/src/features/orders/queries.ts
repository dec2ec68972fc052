import { averagePrice, olderThan } from '@stratdesk/data/expressions'
import { type Bound, prepared } from '@stratdesk/data/prepared'
import type { PageRequest } from '../../http/paging.ts'

interface OrdersAsked extends PageRequest {
  readonly runId?: string | undefined
}

/**
 * Orders the engine decided on with what became of them, newest first by `createdAt` and `intentId`. The page is taken
 * before anything is joined to it, so that its cost does not grow with the account's orders.
 */
export const latestOrders = prepared((read, bound: Bound<OrdersAsked>) =>
  read('order_intents', 'orders', 'fills', 'runs')
    .selectFrom((eb) => {
      const { runId, time, id, limit } = bound
      let page = eb.selectFrom('order_intents').selectAll()
      if (runId) page = page.where('run_id', '=', runId)
      if (time && id) page = page.where((of) => olderThan([of.ref('created_at'), of.ref('id')], { time, id }))
      return page.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).as('intent')
    })
    .innerJoin('runs', 'runs.id', 'intent.run_id')
    .leftJoin('orders', 'orders.intent_id', 'intent.id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('fills')
          .whereRef('fills.order_id', '=', 'orders.id')
          .whereRef('fills.run_id', '=', 'intent.run_id')
          .select(({ eb: of }) => [
            of.fn.sum<string | null>('quantity').as('quantity'),
            averagePrice(of.ref('price'), of.ref('quantity')).as('price'),
          ])
          .as('filled'),
      (join) => join.onTrue(),
    )
    .select((eb) => [
      eb.fn.coalesce('orders.id', 'intent.id').as('id'),
      'intent.id as intentId',
      'intent.run_id as runId',
      'runs.name as runName',
      'runs.mode',
      'intent.instrument',
      'intent.side',
      'intent.order_type as orderType',
      'intent.quantity',
      'filled.quantity as filledQuantity',
      'filled.price as averagePrice',
      'intent.outcome',
      'orders.status as orderStatus',
      eb.fn.coalesce('orders.status_message', 'intent.outcome_message').as('statusMessage'),
      'intent.tag',
      'intent.reason',
      'intent.created_at as createdAt',
      'intent.market_time as marketTime',
    ])
    .orderBy('intent.created_at', 'desc')
    .orderBy('intent.id', 'desc'),
)
