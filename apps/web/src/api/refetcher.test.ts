import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRefetcher } from './refetcher.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A query on screen whose fetches are counted and answered by hand. */
async function watched() {
  const client = new QueryClient()
  const answers: ((value: number) => void)[] = []
  const observer = new QueryObserver(client, {
    queryKey: ['listRuns', {}],
    queryFn: () => new Promise<number>((resolve) => answers.push(resolve)),
  })
  const stop = observer.subscribe(() => {})
  answers.at(-1)?.(0)
  await vi.advanceTimersByTimeAsync(0)
  return { refetch: createRefetcher(client), answers, observer, stop }
}

test('the first event refetches at once', async () => {
  const { refetch, answers, stop } = await watched()
  refetch(['listRuns'])
  await vi.advanceTimersByTimeAsync(0)
  expect(answers).toHaveLength(2)
  stop()
})

test('a burst becomes one refetch more, and the last event is never lost', async () => {
  const { refetch, answers, observer, stop } = await watched()
  for (let event = 0; event < 50; event += 1) refetch(['listRuns'])
  await vi.advanceTimersByTimeAsync(0)
  expect(answers).toHaveLength(2)
  answers[1]?.(1)
  await vi.advanceTimersByTimeAsync(250)
  expect(answers).toHaveLength(3)
  answers[2]?.(2)
  await vi.advanceTimersByTimeAsync(1000)
  expect(answers).toHaveLength(3)
  expect(observer.getCurrentResult().data).toBe(2)
  stop()
})

test('a slow answer is waited for instead of being cancelled again and again', async () => {
  const { refetch, answers, observer, stop } = await watched()
  for (let event = 0; event < 20; event += 1) {
    refetch(['listRuns'])
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(answers).toHaveLength(2)
  answers[1]?.(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(observer.getCurrentResult().data).toBe(1)
  expect(answers).toHaveLength(3)
  stop()
})
