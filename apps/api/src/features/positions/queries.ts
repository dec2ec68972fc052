import type { BrokerScope } from '@stratdesk/data/scope'

const positionsMax = 1000

/** Open positions by run and instrument, from our own fills. What needs a price is null while there is none. */
export async function positionRows(scope: BrokerScope) {
  return await scope
    .read('open_lots', 'runs', 'instruments')
    .selectFrom('open_lots as lots')
    .innerJoin('runs', 'runs.id', 'lots.run_id')
    .leftJoin('instruments', 'instruments.instrument_token', 'lots.instrument_token')
    .select(({ eb, fn, ref }) => {
      const signed = eb.case().when('lots.side', '=', 'long').then(ref('lots.remaining')).else(eb.neg(ref('lots.remaining'))).end()
      return [
        'lots.run_id as runId',
        'runs.name as runName',
        'runs.mode',
        'lots.instrument',
        'lots.instrument_token as instrumentToken',
        fn.sum<string>(signed).as('quantity'),
        eb.fn<string>('trim_scale', [
          eb.fn('round', [
            eb(fn.sum<string>(eb(ref('lots.price'), '*', ref('lots.remaining'))), '/', fn.sum<string>('lots.remaining')),
            eb.lit(4),
          ]),
        ]).as('averagePrice'),
        'instruments.last_price as lastPrice',
        'instruments.last_price_at as lastPriceAt',
        fn.sum<string | null>(eb(eb(ref('instruments.last_price'), '-', ref('lots.price')), '*', signed)).as('unrealised'),
        fn.sum<string>('lots.charges').as('charges'),
        fn.min('lots.opened_at').as('openedAt'),
      ]
    })
    .groupBy([
      'lots.run_id',
      'runs.name',
      'runs.mode',
      'lots.instrument',
      'lots.instrument_token',
      'instruments.last_price',
      'instruments.last_price_at',
    ])
    .orderBy('openedAt', 'desc')
    .orderBy('lots.run_id')
    .limit(positionsMax)
    .execute()
}
