import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Decimal, Id, Instant, items, Mode } from './values.ts'

/** An open position of one run in one instrument; quantity is negative when short. Unknown prices are null. */
export const Position = z.object({
  runId: Id,
  runName: z.string(),
  instrument: z.string(),
  instrumentToken: z.int(),
  quantity: z.int(),
  averagePrice: Decimal,
  lastPrice: Decimal.nullable(),
  lastPriceAt: Instant.nullable(),
  unrealised: Decimal.nullable(),
  charges: Decimal,
  mode: Mode,
  source: z.enum(['fills']),
  openedAt: Instant,
})
export type Position = z.infer<typeof Position>

export const listPositions = endpoint({
  name: 'listPositions',
  room: 'positions',
  method: 'GET',
  path: '/api/positions',
  summary: 'Open positions of all runs',
  replies: { 200: items(Position) },
})
