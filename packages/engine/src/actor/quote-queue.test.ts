import { expect, test } from 'vitest'
import { quoteAt } from '../testing/fake-run.ts'
import { QuoteQueue } from './quote-queue.ts'

test('quotes come out in order, and those put back come first', () => {
  const queue = new QuoteQueue()
  queue.add([1, 2, 3].map((second) => quoteAt(second)))
  const first = queue.take(2)
  queue.add([quoteAt(4)])
  queue.putBack(first)
  expect(queue.take(10).map(({ timeMs }) => timeMs / 1000)).toEqual([1, 2, 3, 4])
  expect(queue.length).toBe(0)
})

test('it is bounded: the oldest go, and their number is told once', () => {
  const queue = new QuoteQueue()
  for (let round = 0; round < 30; round += 1) {
    queue.add(Array.from({ length: 500 }, (_, index) => quoteAt(round * 500 + index)))
  }
  expect(queue.length).toBe(10_000)
  expect(queue.take(1)).toMatchObject([{ timeMs: 5_000_000 }])
  expect(queue.dropped).toBe(5_000)
  queue.forgetDropped(5_000)
  expect(queue.dropped).toBe(0)
})
