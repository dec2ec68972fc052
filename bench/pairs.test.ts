import { expect, it } from 'vitest'
import { closedLoop, measurePairs, median, quantile } from './pairs.ts'

it('measures in turn and takes the median of the rounds’ ratios, not the ratio of the medians', async () => {
  const order: string[] = []
  const figures = { a: [1, 10, 30, 20], b: [1, 10, 10, 10] }
  const side = (name: 'a' | 'b') => async () => {
    order.push(name)
    return figures[name].shift() ?? 0
  }
  const result = await measurePairs(side('a'), side('b'), { rounds: 3, seconds: 1 })
  // The first pair warms up.
  expect(order.join('')).toBe('abababab')
  expect(result).toEqual({ ours: [10, 30, 20], peer: [10, 10, 10], ratio: 2 })
})

it('knows medians and percentiles', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(
    quantile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.95,
    ),
  ).toBe(96)
  expect(median([])).toBeNaN()
})

it('counts only work that was finished', async () => {
  let done = 0
  const rate = await closedLoop(async () => void (done += 1), { callers: 2, seconds: 0.05 })
  expect(rate).toBeGreaterThan(0)
  expect(done).toBeGreaterThan(2)
})
