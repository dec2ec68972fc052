import { expect, test } from 'vitest'
import { chartSummary } from './chart-summary.ts'

const candle = (time: string, open: string, close: string) => ({ time, open, high: close, low: open, close })

test('says in words what the chart shows', () => {
  const summary = chartSummary({
    instrument: 'SIM:SPX500',
    candles: [
      candle('2025-11-22T08:35:00.000Z', '4100', '4101'),
      candle('2025-11-22T08:40:00.000Z', '4101', '4123.5'),
    ],
    marks: [
      { kind: 'long-entry', bought: true, at: '', text: '' },
      { kind: 'gain', bought: false, at: '', text: '' },
      { kind: 'short-entry', bought: false, at: '', text: '' },
    ],
    position: { price: '4120', title: 'Short 10' },
    pnl: [{ net: '10' }, { net: '-80.25' }],
  })
  expect(summary).toBe(
    'SIM:SPX500 from 22 Nov 2025, 14:05 to 22 Nov 2025, 14:10 IST: 4,100.00 to 4,123.50. 2 entries, 1 exit. Short 10 at 4,120.00. Realised P&L −\u2060₹80.25.',
  )
})

test('counts nothing while the trades are not known', () => {
  const summary = chartSummary({
    instrument: 'SIM:SPX500',
    candles: [candle('2025-11-22T08:35:00.000Z', '4100', '4101')],
    marks: undefined,
    position: null,
    pnl: undefined,
  })
  expect(summary).toBe('SIM:SPX500 from 22 Nov 2025, 14:05 to 22 Nov 2025, 14:05 IST: 4,100.00 to 4,101.00.')
})

test('says when there is nothing to show yet', () => {
  expect(chartSummary({ instrument: 'SIM:SPX500', candles: [], marks: [], position: null, pnl: [] })).toBe(
    'No prices of SIM:SPX500 yet.',
  )
})
