import type { Market } from '@stratdesk/data/market'

/** Instruments whose symbol or name holds the text; exact symbols first, then those that begin with it. */
export async function searchRows(market: Market, text: string, limit: number) {
  const colon = text.indexOf(':')
  const exchange = colon > 0 ? text.slice(0, colon).toUpperCase() : undefined
  const words = text.slice(colon + 1).trim()
  const pattern = words.replaceAll(/[\\%_]/g, String.raw`\$&`)
  return await market.read
    .selectFrom('instruments')
    .select([
      'exchange',
      'tradingsymbol',
      'instrument_token as instrumentToken',
      'name',
      'segment',
      'instrument_type as instrumentType',
      'lot_size as lotSize',
      'tick_size as tickSize',
    ])
    .$if(exchange !== undefined, (query) => query.where('exchange', '=', exchange ?? ''))
    .$if(words !== '', (query) =>
      query.where((eb) =>
        eb.or([eb('tradingsymbol', 'ilike', `%${pattern}%`), eb('name', 'ilike', `%${pattern}%`)]),
      ),
    )
    .orderBy((eb) =>
      eb
        .case()
        .when('tradingsymbol', 'ilike', pattern)
        .then(eb.lit(0))
        .when('tradingsymbol', 'ilike', `${pattern}%`)
        .then(eb.lit(1))
        .when('name', 'ilike', `${pattern}%`)
        .then(eb.lit(2))
        .else(eb.lit(3))
        .end(),
    )
    .orderBy('tradingsymbol')
    .orderBy('exchange')
    .limit(limit)
    .execute()
}
