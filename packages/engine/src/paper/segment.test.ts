import { expect, test } from 'vitest'
import { segmentOf } from './segment.ts'

test.each([
  ['NSE:INFY', 'equity'],
  ['SIM:SPX500', 'equity'],
  ['NSE:RELIANCE', 'equity'],
  ['NSE:SUPERFUT', 'equity'],
  ['NFO:NIFTY26NOVFUT', 'futures'],
  ['NFO:NIFTY26NOV24000CE', 'options'],
  ['BFO:SENSEX26NOV80000PE', 'options'],
] as const)('%s is charged as %s', (instrument, segment) => {
  expect(segmentOf(instrument)).toBe(segment)
})
