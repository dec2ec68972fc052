import type { Strategy } from '../strategy.ts'
import { EmaCrossoverParams } from './params.ts'
import { EmaCrossoverRun } from './run.ts'

/** Follows the trend: in when a fast moving average crosses a slow one, out or around when it crosses back. */
export const emaCrossover: Strategy<EmaCrossoverParams> = {
  id: 'ema-crossover',
  title: 'EMA crossover',
  summary:
    'Buys when a fast exponential moving average crosses above a slow one, and sells when it crosses back below. A stop-loss and a take-profit are checked on every price update.',
  market: 'One instrument that trends, at any bar length',
  riskNote:
    'Loses a little at each false crossing while the market moves sideways. A stop-loss is filled at the next price, which can be well beyond it.',
  version: '1.0.0',
  params: EmaCrossoverParams,
  instruments: (params) => [params.instrument],
  quantity: (params) => params.quantity,
  create: (params) => new EmaCrossoverRun(params),
}
