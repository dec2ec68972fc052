import { averagePrice, lotGain, signedQuantity, sumOrUnknown, sumOrZero } from '@stratdesk/data/expressions'
import { type Bound, prepared } from '@stratdesk/data/prepared'

/** Open positions by run and instrument, from our own fills. What needs a price is null while there is none. */
export const openPositions = prepared((read, { limit }: Bound<{ readonly limit: number }>) =>
  read('open_lots', 'runs', 'instruments')
    .selectFrom('open_lots as lot')
    .innerJoin('runs', 'runs.id', 'lot.run_id')
    .leftJoin('instruments', 'instruments.instrument_token', 'lot.instrument_token')
    .select((eb) => {
      const [side, remaining, price] = [eb.ref('lot.side'), eb.ref('lot.remaining'), eb.ref('lot.price')]
      const gain = lotGain({ side, remaining, price, lastPrice: eb.ref('instruments.last_price') })
      return [
        'lot.run_id as runId',
        'runs.name as runName',
        'runs.mode',
        'lot.instrument',
        'lot.instrument_token as instrumentToken',
        eb.fn.sum<string>(signedQuantity(side, remaining)).as('quantity'),
        averagePrice(price, remaining).as('averagePrice'),
        'instruments.last_price as lastPrice',
        'instruments.last_price_at as lastPriceAt',
        sumOrUnknown(gain).as('unrealised'),
        sumOrZero(eb.ref('lot.charges')).as('charges'),
        eb.fn.min('lot.opened_at').as('openedAt'),
      ]
    })
    .groupBy([
      'lot.run_id',
      'runs.name',
      'runs.mode',
      'lot.instrument',
      'lot.instrument_token',
      'instruments.last_price',
      'instruments.last_price_at',
    ])
    .orderBy('openedAt', 'desc')
    .orderBy('lot.run_id')
    .limit(limit),
)
