import { expect, test } from 'vitest'
import { chargesOf } from './charges.ts'

test('a small buy: 0.03 % brokerage, stamp duty, no STT', () => {
  // Turnover 10,000: 3 + 0.297 + 0.01 = 3.307; GST 0.59526; stamp 0.30.
  expect(chargesOf({ side: 'buy', quantity: 100, price: '100' })).toBe('4.20')
})

test('the same sell: STT instead of stamp duty', () => {
  // 3.307 + 0.59526 + STT 2.50.
  expect(chargesOf({ side: 'sell', quantity: 100, price: '100' })).toBe('6.40')
})

test('brokerage stops at 20 rupees', () => {
  // Turnover 1,432,250: 20 + 42.537825 + 1.43225 = 63.970075; GST 11.5146135; STT 358.0625.
  expect(chargesOf({ side: 'sell', quantity: 1000, price: '1432.25' })).toBe('433.55')
})

test('half a paisa rounds up', () => {
  // Turnover 1,250: 0.375 + 0.037125 + 0.00125 = 0.413375; GST 0.0744075; STT 0.3125: 0.8002825.
  expect(chargesOf({ side: 'sell', quantity: 1, price: '1250' })).toBe('0.80')
  // Turnover 73.42: … = 0.047… after every part; nothing is rounded before the sum.
  expect(chargesOf({ side: 'buy', quantity: 1, price: '73.42' })).toBe('0.03')
})
