import { expect, onTestFinished, test, vi } from 'vitest'
import { loadAtLast } from './load-at-last.ts'

test('asks again every two seconds until the code has come', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const load = vi.fn<() => Promise<string>>(async () => 'code')
  load.mockRejectedValueOnce(new Error('offline')).mockRejectedValueOnce(new Error('offline'))
  const loaded = loadAtLast(load)
  await vi.advanceTimersByTimeAsync(1999)
  expect(load).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(2001)
  expect(await loaded).toBe('code')
  expect(load).toHaveBeenCalledTimes(3)
})
