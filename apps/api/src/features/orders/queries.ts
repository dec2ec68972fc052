import type { BrokerScope } from '@stratdesk/data/scope'
import type { PageRequest } from '../../http/paging.ts'

/** Orders the engine decided on with what became of them, newest first. `place` and `intentId` are the sort key. */
export async function orderRows(scope: BrokerScope, filter: { readonly runId?: string | undefined }, page: PageRequest) {
  const { runId } = filter
  const { after } = page
  return await scope
    .read('order_intents', 'orders', 'fills', 'runs')
    .selectFrom('order_intents as intents')
    .innerJoin('runs', 'runs.id', 'intents.run_id')
    .leftJoin('orders', 'orders.intent_id', 'intents.id')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('fills')
          .whereRef('fills.order_id', '=', 'orders.id')
          .whereRef('fills.run_id', '=', 'intents.run_id')
          .select(({ eb: of, fn }) => [
            fn.sum<string>('quantity').as('quantity'),
            of.fn<string>('trim_scale', [
              of.fn('round', [
                of(fn.sum<string>(of('price', '*', of.ref('quantity'))), '/', fn.sum<string>('quantity')),
                of.lit(4),
              ]),
            ]).as('price'),
          ])
          .as('filled'),
      (join) => join.onTrue(),
    )
    .select((eb) => [
      eb.fn.coalesce('orders.id', 'intents.id').as('id'),
      'intents.id as intentId',
      eb.cast<string>('intents.created_at', 'text').as('place'),
      'intents.run_id as runId',
      'runs.name as runName',
      'runs.mode',
      'intents.instrument',
      'intents.side',
      'intents.order_type as orderType',
      'intents.quantity',
      'filled.quantity as filledQuantity',
      'filled.price as averagePrice',
      'intents.outcome',
      'orders.status as orderStatus',
      eb.fn.coalesce('orders.status_message', 'intents.outcome_message').as('statusMessage'),
      'intents.tag',
      'intents.reason',
      'intents.created_at as createdAt',
      'intents.market_time as marketTime',
    ])
    .$if(runId !== undefined, (query) => query.where('intents.run_id', '=', runId ?? ''))
    .$if(after !== undefined, (query) =>
      query.where((eb) =>
        eb(eb.refTuple('intents.created_at', 'intents.id'), '<', eb.tuple(after?.at ?? '', after?.id ?? '')),
      ),
    )
    .orderBy('intents.created_at', 'desc')
    .orderBy('intents.id', 'desc')
    .limit(page.limit)
    .execute()
}
