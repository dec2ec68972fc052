import { expect, test } from 'vitest'
import { addDecimals } from './decimal.ts'

test('decimals add exactly where floats do not', () => {
  expect(addDecimals('0.1', '0.2')).toBe('0.3')
  expect(addDecimals('900719925474099.99', '0.01')).toBe('900719925474100.00')
})

test('signs and places are kept', () => {
  expect(addDecimals('-0.50', '0.25')).toBe('-0.25')
  expect(addDecimals('10', '-10.005')).toBe('-0.005')
  expect(addDecimals('-1.5', '1.5')).toBe('0.0')
  expect(addDecimals('7', '8')).toBe('15')
})
