import { expect, test } from 'vitest'
import { paramLines } from './param-text.ts'

const schema = {
  type: 'object',
  properties: {
    direction: {
      type: 'string',
      title: 'Direction',
      enum: ['both', 'long-only'],
      labels: { both: 'Long and short' },
    },
    quantity: { type: 'integer', title: 'Quantity', unit: 'units' },
    stopLossPct: { type: 'number', title: 'Stop-loss', unit: '%' },
    reenter: { type: 'boolean' },
  },
}

test('reads parameters with the titles, labels and units of the schema, in its order', () => {
  expect(
    paramLines(schema, { stopLossPct: 2.5, reenter: false, quantity: 100000, direction: 'both' }),
  ).toEqual([
    { name: 'direction', title: 'Direction', value: 'Long and short' },
    { name: 'quantity', title: 'Quantity', value: '1,00,000 units' },
    { name: 'stopLossPct', title: 'Stop-loss', value: '2.5 %' },
    { name: 'reenter', title: 'Reenter', value: 'No' },
  ])
})

test('keeps parameters the schema no longer knows', () => {
  expect(paramLines(schema, { depth: 3 })).toEqual([{ name: 'depth', title: 'depth', value: '3' }])
  expect(paramLines({}, { depth: 3 })).toEqual([{ name: 'depth', title: 'depth', value: '3' }])
})
