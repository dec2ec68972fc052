import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Decimal, items, queryInteger } from './values.ts'

/** `id` is `EXCHANGE:TRADINGSYMBOL`, as Kite's quote calls name an instrument (`SIM:SPX500`). */
export const Instrument = z.object({
  id: z.string(),
  instrumentToken: z.int(),
  exchange: z.string(),
  tradingsymbol: z.string(),
  name: z.string(),
  segment: z.string(),
  instrumentType: z.string(),
  lotSize: z.int(),
  tickSize: Decimal,
})
export type Instrument = z.infer<typeof Instrument>

export const searchInstruments = endpoint({
  name: 'searchInstruments',
  room: 'instruments',
  method: 'GET',
  path: '/api/instruments',
  summary: 'Searches the instrument list by symbol or name',
  query: z.strictObject({ query: z.string().max(64).optional(), limit: queryInteger(1, 50).optional() }),
  replies: { 200: items(Instrument) },
})
