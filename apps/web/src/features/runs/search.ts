import { CandleInterval } from '@stratdesk/contracts/candles'
import { LogLevel } from '@stratdesk/contracts/runs'
import { z } from 'zod'

/** The runs page's URL; without a status all runs are shown. */
export const runsSearch = z.object({
  status: z.enum(['active', 'ended']).optional().catch(undefined),
})
export type RunsSearch = z.output<typeof runsSearch>

export const RunTab = z.enum(['overview', 'orders', 'trades', 'log', 'details'])
export type RunTab = z.infer<typeof RunTab>

/** One run's URL: the open tab, the length of the chart's bars, and what the log is narrowed to. */
export const runSearch = z.object({
  tab: RunTab.optional().catch(undefined),
  interval: CandleInterval.optional().catch(undefined),
  level: LogLevel.optional().catch(undefined),
  find: z.string().max(80).optional().catch(undefined),
})
export type RunSearch = z.output<typeof runSearch>
