import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Decimal, Id, Instant, items, queryInteger } from './values.ts'

export const Period = z.enum(['today', 'week', 'month', 'year', 'all'])
export type Period = z.infer<typeof Period>

/** The account's result of a period in IST. Each number is null when it is unknown or undefined, never 0 for unknown. */
export const Performance = z.object({
  period: Period,
  gross: Decimal,
  charges: Decimal,
  realised: Decimal,
  unrealised: Decimal.nullable(),
  net: Decimal.nullable(),
  tradeCount: z.int(),
  winRate: Decimal.nullable(),
  expectancy: Decimal.nullable(),
  largestDrawdown: Decimal.nullable(),
  asOf: Instant.nullable(),
})
export type Performance = z.infer<typeof Performance>

export const getPerformance = endpoint({
  name: 'getPerformance',
  room: 'performance',
  method: 'GET',
  path: '/api/performance',
  summary: "The account's result of a period",
  query: z.strictObject({ period: Period.optional() }),
  replies: { 200: Performance },
})

/** Cumulative realised net P&L at each point; `drawdown` is the distance below the highest point so far (≤ 0). */
export const EquityPoint = z.object({ time: Instant, net: Decimal, drawdown: Decimal })
export type EquityPoint = z.infer<typeof EquityPoint>

export const getEquity = endpoint({
  name: 'getEquity',
  room: 'performance',
  method: 'GET',
  path: '/api/performance/equity',
  summary: 'The equity curve: at most `points` evenly chosen points, the last one always included',
  query: z.strictObject({
    period: Period.optional(),
    runId: Id.optional(),
    points: queryInteger(2, 1000).optional(),
  }),
  replies: { 200: z.object({ period: Period, items: z.array(EquityPoint) }) },
})

/** The account's result of a period with the shape of its curve: what a dashboard shows of each. */
export const PeriodResult = Performance.extend({ curve: z.array(EquityPoint) })
export type PeriodResult = z.infer<typeof PeriodResult>

export const listPeriodResults = endpoint({
  name: 'listPeriodResults',
  room: 'performance',
  method: 'GET',
  path: '/api/performance/periods',
  summary: "The account's result of every period, each with at most `points` points of its equity curve",
  query: z.strictObject({ points: queryInteger(2, 100).optional() }),
  replies: { 200: items(PeriodResult) },
})
