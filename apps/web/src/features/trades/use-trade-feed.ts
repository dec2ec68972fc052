import { listTrades, type TradeFilters } from '@stratdesk/contracts/trades'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/call.ts'
import type { ProblemError } from '../../api/problem-error.ts'
import { appendOlder, mergeNewest, type TradeFeed } from './trade-feed.ts'

const newestCount = '100'
const olderCount = '200'

/**
 * The filtered trades, newest first: older pages on demand, new ones as events announce them. An event reads only
 * the newest page again, so a list of a hundred thousand rows costs no more to keep current than a short one.
 */
export function useTradeFeed(filters: TradeFilters) {
  const queryClient = useQueryClient()
  const queryKey = [listTrades.name, { query: filters, feed: true }] as const
  const feed = useQuery<TradeFeed, ProblemError>({
    queryKey,
    queryFn: async ({ signal }) => {
      const newest = await call(listTrades, { query: { ...filters, limit: newestCount } }, { signal })
      return mergeNewest(queryClient.getQueryData<TradeFeed>(queryKey), newest)
    },
    // The merge keeps the rows it had; comparing every one of them again would cost more than all else.
    structuralSharing: false,
    placeholderData: keepPreviousData,
  })
  const older = useMutation({
    mutationFn: (cursor: string) => call(listTrades, { query: { ...filters, limit: olderCount, cursor } }),
    onSuccess: (page, cursor) =>
      queryClient.setQueryData<TradeFeed>(
        queryKey,
        (current) => current && appendOlder(current, page, cursor),
      ),
  })
  const cursor = feed.data?.nextCursor ?? null
  const canLoad = cursor !== null && !feed.isPlaceholderData && !older.isPending
  return {
    feed,
    /** Why the last older page did not come; null otherwise. */
    olderError: older.variables === cursor ? older.error : null,
    isLoadingOlder: older.isPending,
    /** Reads the next older page; does nothing while one is coming or when there is none. */
    loadOlder: () => {
      if (canLoad) older.mutate(cursor)
    },
  }
}
