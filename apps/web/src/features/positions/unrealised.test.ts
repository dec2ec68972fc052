import { expect, test } from 'vitest'
import { unrealisedAt } from './unrealised.ts'

test.each([
  ['100', '101.25', 10, '12.50'],
  ['101.25', '100', 10, '-12.50'],
  ['101.25', '100', -10, '12.50'],
  ['0.1', '0.3', 3, '0.6'],
  ['100.05', '100', 1, '-0.05'],
  ['24150.0333333333', '24150.0333333333', 75, '0.0000000000'],
  ['123456789012345.01', '123456789012346.02', 1_000_000, '1010000.00'],
  ['7', '9', 2, '4'],
])('average %s, price %s, quantity %i: %s', (average, price, quantity, expected) => {
  expect(unrealisedAt(average, price, quantity)).toBe(expected)
})
