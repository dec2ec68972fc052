import type { Trade } from '@stratdesk/contracts/trades'
import { expect, test } from 'vitest'
import { appendOlder, mergeNewest, type TradeFeed } from './trade-feed.ts'

/** A trade whose id and exit both rise with its number. */
function trade(number: number, exitSecond = number): Trade {
  return {
    id: `0193a8e0-7c2f-7b3a-9d3e-${String(number).padStart(12, '0')}`,
    runId: '0193a8e0-7c2f-7b3a-9d3e-1f2a3b4c5d6e',
    runName: 'Run',
    strategyId: 'ema-crossover',
    instrument: 'SIM:SPX500',
    side: 'long',
    quantity: 1,
    entryPrice: '1',
    exitPrice: '2',
    entryAt: '2026-11-22T08:00:00.000Z',
    exitAt: new Date(Date.UTC(2026, 10, 22, 9, 0, exitSecond)).toISOString(),
    gross: '1',
    charges: '0',
    net: '1',
    entryReason: '',
    exitReason: '',
    mode: 'paper',
  }
}
const numbers = (feed: TradeFeed) => feed.items.map((item) => Number(item.id.slice(-12)))
const page = (from: number, to: number, nextCursor: string | null = null) => ({
  items: Array.from({ length: from - to + 1 }, (_, index) => trade(from - index)),
  nextCursor,
})

test('begins with the newest page, of which nothing is new', () => {
  const feed = mergeNewest(undefined, page(5, 3, 'c3'))
  expect(numbers(feed)).toEqual([5, 4, 3])
  expect(feed).toMatchObject({ nextCursor: 'c3', arrived: new Set() })
})

test('puts new trades on top and keeps the older pages that were loaded', () => {
  const loaded = appendOlder(mergeNewest(undefined, page(5, 3, 'c3')), page(2, 1), 'c3')
  const feed = mergeNewest(loaded, page(7, 5, 'c5'))
  expect(numbers(feed)).toEqual([7, 6, 5, 4, 3, 2, 1])
  expect(feed.nextCursor).toBeNull()
  expect([...feed.arrived]).toEqual([trade(7).id, trade(6).id])
})

test('keeps the very rows it had, so that nothing on screen is drawn again', () => {
  const loaded = mergeNewest(undefined, page(3, 1))
  const feed = mergeNewest(loaded, page(4, 1))
  expect(feed.items[1]).toBe(loaded.items[0])
})

test('places a late trade by its exit, not on top', () => {
  const loaded = mergeNewest(undefined, page(5, 3))
  const late = trade(9, 4)
  const feed = mergeNewest(loaded, { items: [trade(5), late, trade(4), trade(3)], nextCursor: null })
  expect(numbers(feed)).toEqual([5, 9, 4, 3])
})

test('begins anew when more came in than the newest page holds', () => {
  const loaded = appendOlder(mergeNewest(undefined, page(5, 3, 'c3')), page(2, 1), 'c3')
  const feed = mergeNewest(loaded, page(20, 18, 'c18'))
  expect(numbers(feed)).toEqual([20, 19, 18])
  expect(feed.nextCursor).toBe('c18')
})

test('the first trade of an empty list is new', () => {
  const empty = mergeNewest(undefined, { items: [], nextCursor: null })
  const feed = mergeNewest(empty, page(1, 1))
  expect([...feed.arrived]).toEqual([trade(1).id])
})

test('ignores an older page that was asked for before the feed began anew', () => {
  const anew = mergeNewest(undefined, page(20, 18, 'c18'))
  expect(appendOlder(anew, page(2, 1), 'c3')).toBe(anew)
})
