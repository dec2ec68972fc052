import type { TickEvent } from '@stratdesk/contracts/events'
import { expect, test, vi } from 'vitest'
import { TickStore } from './tick-store.ts'

const pnl = { gross: '1', charges: '0', realised: '1', unrealised: '0', net: '1', asOf: null }
const priceTick = (instrument: string, lastPrice: string): TickEvent => ({
  at: '2026-11-23T03:30:00.000Z',
  prices: [{ instrument, instrumentToken: 1, lastPrice, marketTime: '2026-11-23T03:30:00.000Z' }],
  runs: [],
})
const runTick = (runId: string): TickEvent => ({
  at: '2026-11-23T03:30:00.000Z',
  prices: [],
  runs: [{ runId, openQuantity: 10, pnl }],
})

test('a tick wakes the readers of what it names and nobody else', () => {
  const store = new TickStore()
  const spx = vi.fn<() => void>()
  const nifty = vi.fn<() => void>()
  store.subscribePrice('SIM:SPX500', spx)
  store.subscribePrice('NSE:NIFTY 50', nifty)
  store.apply(priceTick('SIM:SPX500', '5891.34'), 1000)
  expect(spx).toHaveBeenCalledOnce()
  expect(nifty).not.toHaveBeenCalled()
  expect(store.price('SIM:SPX500')).toEqual({
    lastPrice: '5891.34',
    marketTime: '2026-11-23T03:30:00.000Z',
    receivedAt: 1000,
  })
})

test('a price repeated unchanged keeps the time it came; a new price or market time is new', () => {
  const store = new TickStore()
  store.apply(priceTick('NSE:HALTED', '10'), 1000)
  const reader = vi.fn<() => void>()
  store.subscribePrice('NSE:HALTED', reader)
  store.apply(priceTick('NSE:HALTED', '10'), 60_000)
  expect(store.price('NSE:HALTED')?.receivedAt).toBe(1000)
  expect(reader).not.toHaveBeenCalled()
  const later = priceTick('NSE:HALTED', '10')
  const prices = later.prices.map((price) => ({ ...price, marketTime: '2026-11-23T03:31:00.000Z' }))
  store.apply({ ...later, prices }, 61_000)
  expect(store.price('NSE:HALTED')?.receivedAt).toBe(61_000)
  store.apply(priceTick('NSE:HALTED', '11'), 62_000)
  expect(store.price('NSE:HALTED')?.receivedAt).toBe(62_000)
})

test.each([
  ['of the oldest price it rests on', '2026-11-23T03:29:15.000Z', 55_000],
  ['of this moment where a price is newer than its event', '2026-11-23T03:30:05.000Z', 100_000],
  ['of this moment where it rests on no price', null, 100_000],
])('a run’s result is %s', (_age, asOf, receivedAt) => {
  const store = new TickStore()
  const tick = runTick('a')
  store.apply({ ...tick, runs: [{ runId: 'a', openQuantity: 10, pnl: { ...pnl, asOf } }] }, 100_000)
  expect(store.run('a')?.receivedAt).toBe(receivedAt)
})

test('what is read keeps its identity until the next tick, as React’s external stores need', () => {
  const store = new TickStore()
  store.apply(runTick('a'), 1)
  expect(store.run('a')).toBe(store.run('a'))
  const before = store.run('a')
  store.apply(runTick('a'), 2)
  expect(store.run('a')).not.toBe(before)
})

test('a reader that left is not woken', () => {
  const store = new TickStore()
  const reader = vi.fn<() => void>()
  store.subscribeRun('a', reader)()
  store.apply(runTick('a'), 1)
  expect(reader).not.toHaveBeenCalled()
})

test('forgetting a run, or everything on sign-out, tells its readers', () => {
  const store = new TickStore()
  store.apply(runTick('a'), 1)
  store.apply(priceTick('SIM:SPX500', '1'), 1)
  const run = vi.fn<() => void>()
  const price = vi.fn<() => void>()
  store.subscribeRun('a', run)
  store.subscribePrice('SIM:SPX500', price)
  store.forgetRun('a')
  expect(store.run('a')).toBeUndefined()
  expect(run).toHaveBeenCalledOnce()
  store.clear()
  expect(store.price('SIM:SPX500')).toBeUndefined()
  expect(price).toHaveBeenCalledOnce()
})

test('it keeps a thousand runs at most, the longest untouched going first', () => {
  const store = new TickStore()
  for (let run = 0; run < 1000; run += 1) store.apply(runTick(String(run)), run)
  store.apply(runTick('0'), 5000)
  store.apply(runTick('new'), 5001)
  expect(store.run('0')).toBeDefined()
  expect(store.run('1')).toBeUndefined()
  expect(store.run('new')).toBeDefined()
})
