import { infiniteQueryOptions } from '@tanstack/react-query'
import type { RequestParts } from './request.ts'

/** A page of a keyset list. */
export interface ListPage<Item> {
  readonly items: Item[]
  readonly nextCursor: string | null
}

/**
 * Infinite query options of a keyset list, flattened to its items. The key begins like that of `q`, so that events
 * make both stale alike.
 */
export function pages<Item, Failure = Error>(
  name: string,
  parts: RequestParts,
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<Item>>,
) {
  return infiniteQueryOptions<
    ListPage<Item>,
    Failure,
    Item[],
    readonly [string, RequestParts & { readonly pages: true }],
    string | undefined
  >({
    queryKey: [name, { ...parts, pages: true }],
    queryFn: ({ pageParam, signal }) => fetchPage(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.nextCursor ?? undefined,
    select: ({ pages: loaded }) => loaded.flatMap((page) => page.items),
  })
}
