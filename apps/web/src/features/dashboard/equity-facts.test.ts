import { expect, test } from 'vitest'
import { equityFacts, fromZero } from './equity-facts.ts'
import { sparkPath } from './sparkline.tsx'

const point = (second: number, net: string, drawdown: string) => ({
  time: `2026-11-23T03:30:0${second}.000Z`,
  net,
  drawdown,
})

test('a curve begins at zero, just before its first closed trade', () => {
  expect(fromZero([point(5, '-100.00', '-100.00')])).toEqual([
    point(4, '0', '0'),
    point(5, '-100.00', '-100.00'),
  ])
  expect(fromZero([])).toEqual([])
})

const curve = [
  point(0, '0', '0'),
  point(1, '900.50', '0'),
  point(2, '-1000.25', '-1900.75'),
  point(3, '85', '-815.50'),
]

test('the highest and lowest are decimals of the whole curve, compared as numbers and not as text', () => {
  expect(equityFacts(curve, { tradeCount: 500, largestDrawdown: '-1900.75' })).toEqual({
    last: '85',
    highest: '900.50',
    lowest: '-1000.25',
    largestDrawdown: '-1900.75',
  })
})

test('a sample of a curve tells no extremes, and the drawdown is the one of all trades', () => {
  expect(equityFacts(curve, { tradeCount: 501, largestDrawdown: '-2400.00' })).toEqual({
    last: '85',
    highest: null,
    lowest: null,
    largestDrawdown: '-2400.00',
  })
})

test('no extreme is made up before the result of the period is known', () => {
  const unknown = { last: '85', highest: null, lowest: null, largestDrawdown: null }
  expect(equityFacts(curve, undefined)).toEqual(unknown)
})

test('a spark line goes from edge to edge, its highest value at the top, and a flat one divides by nothing', () => {
  expect(sparkPath([0, 10, 5])).toBe('M0.00 28.00L50.00 1.00L100.00 14.50')
  expect(sparkPath([7, 7])).toBe('M0.00 28.00L100.00 28.00')
})
