import type { Strategy } from '@stratdesk/contracts/strategies'
import { expect, test } from 'vitest'
import { paramsLine } from './params-line.ts'

const strategy: Strategy = {
  id: 'ema-crossover',
  title: 'EMA crossover',
  summary: '',
  market: '',
  riskNote: '',
  version: '1.0.0',
  paramsSchema: {
    type: 'object',
    properties: {
      instrument: { type: 'string', title: 'Instrument', widget: 'instrument' },
      fastLength: { type: 'integer', title: 'Fast average', unit: 'bars', widget: 'number' },
      slowLength: { type: 'integer', title: 'Slow average', unit: 'bars', widget: 'number' },
    },
  },
  defaults: { instrument: 'SIM:SPX500', fastLength: 3, slowLength: 8 },
}

test('the instrument comes first, then what differs from the defaults', () => {
  const params = { fastLength: 3, slowLength: 21, instrument: 'SIM:SPX500' }
  expect(paramsLine(params, strategy)).toBe('SIM:SPX500 · Slow average 21 bars · Fast average 3 bars')
})

test('without its strategy a run still shows its parameters, by their own names', () => {
  expect(paramsLine({ instrument: 'NSE:INFY', fastLength: 5 }, undefined)).toBe('NSE:INFY · fastLength 5')
})
