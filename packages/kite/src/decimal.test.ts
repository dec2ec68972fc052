import { expect, test } from 'vitest'
import { decimalOf, decimalOfUnits } from './decimal.ts'

test('a JSON number comes out with the digits the broker wrote', () => {
  const wire: unknown = JSON.parse(
    '[1412.95, 1500.0, 0.1, -0.05, 123456789012.34, 0, 83.4275, 0.0000001, 1e21]',
  )
  expect(Array.isArray(wire) && wire.map((value: unknown) => decimalOf(Number(value)))).toEqual([
    '1412.95',
    '1500',
    '0.1',
    '-0.05',
    '123456789012.34',
    '0',
    '83.4275',
    '0.0000001',
    '1000000000000000000000',
  ])
})

test('what is no number is refused', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => decimalOf(value)).toThrow(RangeError)
})

test('units of any divisor give the exact decimal', () => {
  expect(decimalOfUnits(141295, 100)).toBe('1412.95')
  expect(decimalOfUnits(150000, 100)).toBe('1500')
  expect(decimalOfUnits(-5, 100)).toBe('-0.05')
  expect(decimalOfUnits(2_147_483_647, 10_000_000)).toBe('214.7483647')
  expect(decimalOfUnits(1, 10_000_000)).toBe('0.0000001')
})

test('every count of paise up to the largest has the decimal that long division gives', () => {
  for (let units = 1; units < 2 ** 31; units = units * 2 + 7) {
    const hundredths = String(units % 100)
      .padStart(2, '0')
      .replace(/0+$/, '')
    expect(decimalOfUnits(units, 100)).toBe(`${Math.floor(units / 100)}${hundredths && `.${hundredths}`}`)
  }
})
