import type { BrokerScope } from '@stratdesk/data/scope'

interface Range {
  /** Trades that ended before are left out; undefined takes all. */
  readonly from: Date | undefined
  readonly runId?: string | undefined
}

/** Sums of the trades that ended in a range, and what the open lots are worth now. */
export async function performanceRow(scope: BrokerScope, range: Range) {
  return await scope
    .read('open_lots', 'instruments')
    .selectFrom([
      (outer) =>
        outer
          .selectFrom(curve(scope, range).as('curve'))
          .select(({ eb, fn }) => [
            fn.countAll<string>().as('count'),
            fn.sum<string | null>('gross').as('gross'),
            fn.sum<string | null>('charges').as('charges'),
            fn.sum<string | null>('net').as('realised'),
            eb.fn<string | null>('round', [
              eb(
                fn.sum<string>(eb.case().when('net', '>', '0').then(eb.cast<string>(eb.lit(1), 'numeric')).else(eb.lit(0)).end()),
                '/',
                eb.fn<string>('nullif', [fn.countAll(), eb.lit(0)]),
              ),
              eb.lit(4),
            ]).as('winRate'),
            eb.fn<string | null>('round', [fn.avg('net'), eb.lit(2)]).as('expectancy'),
            fn.min<string | null>('drawdown').as('largestDrawdown'),
          ])
          .as('closed'),
      (outer) =>
        outer
          .selectFrom('open_lots')
          .leftJoin('instruments', 'instruments.instrument_token', 'open_lots.instrument_token')
          .select(({ eb, fn, ref }) => [
            fn.countAll<string>().as('lots'),
            fn.count<string>('last_price').as('priced'),
            fn.min<Date | null>('last_price_at').as('pricedAt'),
            fn
              .sum<string | null>(
                eb(
                  eb(ref('last_price'), '-', ref('price')),
                  '*',
                  eb.case().when('side', '=', 'long').then(ref('remaining')).else(eb.neg(ref('remaining'))).end(),
                ),
              )
              .as('unrealised'),
          ])
          .as('open'),
    ])
    .selectAll()
    .select((eb) => eb(eb.fn.coalesce('realised', eb.lit(0)), '+', eb.ref('unrealised')).as('net'))
    .executeTakeFirstOrThrow()
}

/** At most `points` points of the cumulative net, evenly spread over the trades; the last one is always there. */
export async function equityRows(scope: BrokerScope, range: Range, points: number) {
  return await scope
    .read()
    .selectFrom(curve(scope, range).as('curve'))
    .select(['exit_at as time', 'equity as net', 'drawdown'])
    .where(({ eb, ref }) => {
      // Of `total` rows, the n-th is a point when n · points / total passes a whole number.
      const n = ref('n')
      const step = (rank: typeof n) => eb(eb(rank, '*', points), '/', ref('total'))
      return eb(step(n), '>', eb(eb(eb(n, '-', eb.lit(1)), '*', points), '/', ref('total')))
    })
    .orderBy('n')
    .execute()
}

/** Each trade of the range in the order of its end, with the net so far and how far that is below its highest point. */
function curve(scope: BrokerScope, { from, runId }: Range) {
  return scope
    .read('trades')
    .selectFrom((outer) =>
      outer
        .selectFrom('trades')
        .select(({ fn }) => [
          'exit_at',
          'gross',
          'charges',
          'net',
          fn.agg<string>('row_number').over((order) => order.orderBy('exit_at').orderBy('id')).as('n'),
          fn.countAll<string>().over().as('total'),
          fn.sum<string>('net').over((order) => order.orderBy('exit_at').orderBy('id')).as('equity'),
        ])
        .$if(from !== undefined, (query) => query.where('exit_at', '>=', from ?? new Date(0)))
        .$if(runId !== undefined, (query) => query.where('run_id', '=', runId ?? ''))
        .as('sums'),
    )
    .select(({ eb, fn, ref }) => [
      'exit_at',
      'gross',
      'charges',
      'net',
      'n',
      'total',
      'equity',
      eb(
        ref('equity'),
        '-',
        eb.fn<string>('greatest', [eb.lit(0), fn.max('equity').over((order) => order.orderBy('n'))]),
      ).as('drawdown'),
    ])
}
