import { expect, test } from 'vitest'
import { chargesOf } from './charges.ts'

test('a small buy: 0.03 % brokerage, stamp duty, no STT', () => {
  // Turnover 10,000: 3 + 0.297 + 0.01 = 3.307; GST 0.59526; stamp 0.30.
  expect(chargesOf({ side: 'buy', quantity: 100, price: '100' }, 'equity')).toBe('4.20')
})

test('the same sell: STT instead of stamp duty', () => {
  // 3.307 + 0.59526 + STT 2.50.
  expect(chargesOf({ side: 'sell', quantity: 100, price: '100' }, 'equity')).toBe('6.40')
})

test('brokerage stops at 20 rupees', () => {
  // Turnover 1,432,250: 20 + 42.537825 + 1.43225 = 63.970075; GST 11.5146135; STT 358.0625.
  expect(chargesOf({ side: 'sell', quantity: 1000, price: '1432.25' }, 'equity')).toBe('433.55')
})

test('half a paisa rounds up', () => {
  // Turnover 1,250: 0.375 + 0.037125 + 0.00125 = 0.413375; GST 0.0744075; STT 0.3125: 0.8002825.
  expect(chargesOf({ side: 'sell', quantity: 1, price: '1250' }, 'equity')).toBe('0.80')
  // Turnover 73.42: … = 0.047… after every part; nothing is rounded before the sum.
  expect(chargesOf({ side: 'buy', quantity: 1, price: '73.42' }, 'equity')).toBe('0.03')
})

test('futures: the capped brokerage, 0.02 % STT on sells and 0.002 % stamp duty on buys', () => {
  // Turnover 1,800,000: 20 + 31.14 + 1.80 = 52.94; GST 9.5292; STT 360, or stamp 36.
  expect(chargesOf({ side: 'sell', quantity: 75, price: '24000' }, 'futures')).toBe('422.47')
  expect(chargesOf({ side: 'buy', quantity: 75, price: '24000' }, 'futures')).toBe('98.47')
})

test('options: 20 rupees whatever the premium, 0.1 % STT on sells of it', () => {
  // Premium 7,500: 20 + 2.62725 + 0.0075 = 22.63475; GST 4.074255; STT 7.50, or stamp 0.225.
  expect(chargesOf({ side: 'sell', quantity: 75, price: '100' }, 'options')).toBe('34.21')
  expect(chargesOf({ side: 'buy', quantity: 75, price: '100' }, 'options')).toBe('26.93')
})
