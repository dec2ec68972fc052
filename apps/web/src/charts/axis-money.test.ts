import { expect, test } from 'vitest'
import { axisMoney } from './axis-money.ts'

test.each([
  [0, '₹0'],
  [-0.001, '₹0'],
  [0.5, '₹0.50'],
  [-9.25, '−₹9.25'],
  [1234.4, '₹1,234'],
  [-123456, '−₹1,23,456'],
])('%d is %s', (value, text) => {
  expect(axisMoney(value)).toBe(text)
})
