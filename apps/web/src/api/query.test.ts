import { getRun, listRuns } from '@stratdesk/contracts/runs'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, expect, test, vi } from 'vitest'
import { q } from './query.ts'

afterEach(() => vi.unstubAllGlobals())

test('the key is the endpoint’s name and its input, so that a name invalidates every input', () => {
  expect(q(listRuns).queryKey).toEqual(['listRuns', {}])
  expect(q(getRun, { params: { id: '7' } }).queryKey).toEqual(['getRun', { params: { id: '7' } }])
})

test('two readers of one query make one request, and leaving it aborts the request', async () => {
  const signals: (AbortSignal | null | undefined)[] = []
  vi.stubGlobal('fetch', (_url: string, { signal }: RequestInit) => {
    signals.push(signal)
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  })
  const client = new QueryClient()
  void client.prefetchQuery(q(listRuns))
  void client.prefetchQuery(q(listRuns))
  expect(signals).toHaveLength(1)
  await client.cancelQueries({ queryKey: ['listRuns'] })
  expect(signals[0]?.aborted).toBe(true)
})
