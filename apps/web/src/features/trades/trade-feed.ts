import type { Trade } from '@stratdesk/contracts/trades'

/** The trades loaded so far, newest first, and where the next older page begins. */
export interface TradeFeed {
  readonly items: readonly Trade[]
  readonly nextCursor: string | null
  /** The trades that came in by the last refresh, for showing them as new. */
  readonly arrived: ReadonlySet<string>
}

interface TradePage {
  readonly items: readonly Trade[]
  readonly nextCursor: string | null
}

const none: ReadonlySet<string> = new Set()

function newestFirst(a: Trade, b: Trade): number {
  return Date.parse(b.exitAt) - Date.parse(a.exitAt) || (a.id < b.id ? 1 : -1)
}

/**
 * The feed with the newest page read again. Only that page is looked at, however many are loaded: a trade in it that
 * the feed has can be no further down than the page is long. When page and feed have nothing in common more came in
 * than the page holds, and the feed begins anew rather than with a hole in it.
 */
export function mergeNewest(feed: TradeFeed | undefined, newest: TradePage): TradeFeed {
  if (feed === undefined || feed.items.length === 0) {
    const arrived = feed === undefined ? none : new Set(newest.items.map((trade) => trade.id))
    return { items: newest.items, nextCursor: newest.nextCursor, arrived }
  }
  const top = feed.items.slice(0, newest.items.length)
  const known = new Set(top.map((trade) => trade.id))
  const fresh = newest.items.filter((trade) => !known.has(trade.id))
  if (fresh.length === 0) return { ...feed, arrived: none }
  if (fresh.length === newest.items.length && newest.nextCursor !== null) {
    return { items: newest.items, nextCursor: newest.nextCursor, arrived: none }
  }
  return {
    items: [...[...fresh, ...top].sort(newestFirst), ...feed.items.slice(top.length)],
    nextCursor: feed.nextCursor,
    arrived: new Set(fresh.map((trade) => trade.id)),
  }
}

/** The feed with the page that `cursor` named at its end; unchanged when the feed has begun anew meanwhile. */
export function appendOlder(feed: TradeFeed, older: TradePage, cursor: string): TradeFeed {
  if (feed.nextCursor !== cursor) return feed
  return { items: [...feed.items, ...older.items], nextCursor: older.nextCursor, arrived: feed.arrived }
}
