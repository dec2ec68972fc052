import { QueryClient } from '@tanstack/react-query'
import { ProblemError } from './problem-error.ts'

/** True for a refusal that may pass by itself; a read is tried again, a write never is. */
function mayPass(error: unknown): boolean {
  return (
    error instanceof ProblemError && (error.code === 'unavailable' || error.code === 'broker-unavailable')
  )
}

/** The cache of server state. The live stream says what is stale; the times here only cover what it cannot see. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 30_000,
      gcTime: 5 * 60_000,
      retry: (failures, error) => failures < 2 && mayPass(error),
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4000),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})
