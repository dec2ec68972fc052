import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { items } from './values.ts'

/** JSON Schema (2020-12) of a strategy's parameters; the start form is generated from it. */
export const ParamsSchema = z.record(z.string(), z.unknown())

export const Strategy = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  market: z.string(),
  riskNote: z.string(),
  version: z.string(),
  paramsSchema: ParamsSchema,
  defaults: z.record(z.string(), z.unknown()),
})
export type Strategy = z.infer<typeof Strategy>

export const listStrategies = endpoint({
  name: 'listStrategies',
  room: 'strategies',
  method: 'GET',
  path: '/api/strategies',
  summary: 'The catalogue of strategies',
  replies: { 200: items(Strategy) },
})
