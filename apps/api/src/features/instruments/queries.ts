import { contains, literal, startsWith } from '@stratdesk/data/expressions'
import type { Market } from '@stratdesk/data/market'

/** Instruments whose symbol or name holds the text (`SYMBOL` or `EXCHANGE:SYMBOL`); those that begin with it first. */
export async function findInstruments(market: Market, text: string, limit: number) {
  const colon = text.indexOf(':')
  const words = text.slice(colon + 1).trim()
  let query = market.read
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
  if (colon > 0) query = query.where('exchange', '=', text.slice(0, colon).trim().toUpperCase())
  if (words !== '') {
    query = query
      .where((eb) => eb.or([contains(eb.ref('tradingsymbol'), words), contains(eb.ref('name'), words)]))
      .orderBy((eb) =>
        eb
          .case()
          .when('tradingsymbol', '=', words.toUpperCase())
          .then(literal(0))
          .when(startsWith(eb.ref('tradingsymbol'), words))
          .then(literal(1))
          .when(startsWith(eb.ref('name'), words))
          .then(literal(2))
          .else(literal(3))
          .end(),
      )
  }
  return await query.orderBy('tradingsymbol').orderBy('exchange').limit(limit).execute()
}
