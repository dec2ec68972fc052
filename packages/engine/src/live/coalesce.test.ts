import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coalesce } from './coalesce.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('the first is sent at once, the rest at most once an interval, the last always', async () => {
  const sent: number[] = []
  let value = 0
  const coalescer = coalesce(
    150,
    () => Promise.resolve(void sent.push(value)),
    () => {},
  )
  for (value = 1; value <= 20; value += 1) {
    coalescer.poke()
    await vi.advanceTimersByTimeAsync(50)
  }
  value = 21
  await vi.advanceTimersByTimeAsync(1000)

  expect(sent[0]).toBe(1)
  expect(sent.length).toBeLessThanOrEqual(8)
  expect(sent.at(-1)).toBeGreaterThanOrEqual(20)
})

test('a slow sending is not overtaken, and a failing one is told and ends nothing', async () => {
  const errors: unknown[] = []
  let running = 0
  let most = 0
  const send = async () => {
    running += 1
    most = Math.max(most, running)
    await vi.advanceTimersByTimeAsync(0)
    await new Promise((resolve) => setTimeout(resolve, 400))
    running -= 1
    throw new Error('cut off')
  }
  const coalescer = coalesce(100, send, (error) => errors.push(error))
  for (let round = 0; round < 12; round += 1) {
    coalescer.poke()
    await vi.advanceTimersByTimeAsync(100)
  }

  expect(most).toBe(1)
  expect(errors.length).toBeGreaterThan(1)
})

test('after stop nothing is sent', async () => {
  let count = 0
  const coalescer = coalesce(
    100,
    () => Promise.resolve(void (count += 1)),
    () => {},
  )
  coalescer.poke()
  coalescer.poke()
  await coalescer.stop()
  coalescer.poke()
  await vi.advanceTimersByTimeAsync(1000)
  expect(count).toBe(1)
})
