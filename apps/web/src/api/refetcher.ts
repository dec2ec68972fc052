import type { QueryClient } from '@tanstack/react-query'

/** The shortest time between two refetches of one query, so that a burst of events costs a few reads, not one each. */
const pauseMs = 250

/**
 * Makes queries stale as events name them: the first event refetches at once, those that come while it is under way
 * are folded into one more refetch afterwards. Nothing is lost and nothing starves.
 */
export function createRefetcher(queryClient: QueryClient) {
  const underway = new Map<string, { again: boolean }>()

  async function refetch(queryKey: readonly unknown[]): Promise<void> {
    const name = JSON.stringify(queryKey)
    const running = underway.get(name)
    if (running !== undefined) {
      running.again = true
      return
    }
    const turn = { again: false }
    underway.set(name, turn)
    do {
      turn.again = false
      await Promise.all([queryClient.invalidateQueries({ queryKey }), pause()])
    } while (turn.again)
    underway.delete(name)
  }

  return (queryKey: readonly unknown[]): void => void refetch(queryKey)
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs))
}
