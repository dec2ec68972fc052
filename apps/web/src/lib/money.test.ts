import { expect, test } from 'vitest'
import {
  money,
  percent,
  plainNumber,
  price,
  quantity,
  roundMoney,
  signedMoney,
  signOf,
  unknown,
} from './money.ts'

test('money is grouped as in India, with two decimals and a true minus sign', () => {
  expect(money('123456.78')).toBe('₹1,23,456.78')
  expect(money('-12.5')).toBe('−₹12.50')
  expect(money('0')).toBe('₹0.00')
})

test('money is exact beyond what a float can hold', () => {
  expect(money('900719925474099.99')).toBe('₹90,07,19,92,54,74,099.99')
})

test('a result always carries its sign, and nothing carries none', () => {
  expect(signedMoney('1234.5')).toBe('+₹1,234.50')
  expect(signedMoney('-1234.5')).toBe('−₹1,234.50')
  expect(signedMoney('0.00')).toBe('₹0.00')
  expect(signedMoney('-0.001')).toBe('₹0.00')
})

test('a half is rounded away from zero, and rounding may carry into the next place', () => {
  expect(money('0.005')).toBe('₹0.01')
  expect(money('-0.005')).toBe('−₹0.01')
  expect(money('0.00499')).toBe('₹0.00')
  expect(money('99999.995')).toBe('₹1,00,000.00')
  expect(roundMoney(1e-9)).toBe('₹0')
})

test('unknown is a dash, never 0', () => {
  for (const format of [money, signedMoney, price, percent]) {
    expect(format(null)).toBe(unknown)
    expect(format(undefined)).toBe(unknown)
  }
})

test('a price keeps the exchange’s decimals, at least two', () => {
  expect(price('24150.05')).toBe('24,150.05')
  expect(price('5891')).toBe('5,891.00')
  expect(price('0.0025')).toBe('0.0025')
})

test('a plain number has the decimals that it has', () => {
  expect([12500, 0.75, -100000.5, 0, 1e-7].map(plainNumber)).toEqual([
    '12,500',
    '0.75',
    '−1,00,000.5',
    '0',
    '0.0000001',
  ])
})

test('axes, quantities and shares', () => {
  expect(roundMoney('123456.78')).toBe('₹1,23,457')
  expect(roundMoney(-0.5)).toBe('−₹1')
  expect(quantity(100000)).toBe('1,00,000')
  expect(percent('0.634')).toBe('63.4 %')
  expect(percent('0.0000001')).toBe('0.0 %')
})

test('what is no number, or too large for one, is shown as it is', () => {
  expect([NaN, Infinity, 1e21].map(plainNumber)).toEqual(['NaN', 'Infinity', '1e+21'])
  expect(roundMoney('NaN')).toBe('₹NaN')
})

test('the sign of a decimal is read without a float', () => {
  expect(signOf('-0.0000000001')).toBe(-1)
  expect(signOf('0.0000000001')).toBe(1)
  expect(signOf('-0.00')).toBe(0)
})
