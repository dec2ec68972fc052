import type { FetchQueryOptions } from '@tanstack/react-query'
import { queryClient } from './query-client.ts'

/** Past this a loader stops waiting and the screen opens with its skeleton. */
const patienceMs = 150

/**
 * Starts a screen's queries (made by `q`) and waits for them, but no longer than 150 ms: a fast answer opens the
 * screen complete, a slow one with its skeleton. Never throws; the screen shows its own failed face.
 */
export async function load(...queries: readonly { readonly queryKey: readonly unknown[] }[]): Promise<void> {
  // Sealed: query options are invariant in their data, which a list of different queries cannot express.
  const fetched = Promise.all(queries.map((query) => queryClient.prefetchQuery(query as FetchQueryOptions)))
  await Promise.race([fetched, new Promise((resolve) => setTimeout(resolve, patienceMs))])
}
