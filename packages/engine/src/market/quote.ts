import type { Tick } from '@stratdesk/kite/tick'
import type { Quote } from '../paper/paper-gateway.ts'

/** A price update of one instrument, as runs process it. `timeMs` is the exchange's clock, `receivedAtMs` ours. */
export interface LiveQuote extends Quote {
  readonly instrumentToken: number
  /** The last price as a number, for strategies. */
  readonly price: number
  readonly timeMs: number
  /** Quantity traded today, which only grows; null for an index. */
  readonly volume: number | null
  readonly receivedAtMs: number
}

/** What has been seen of an instrument: enough to know a packet again. */
export interface Seen {
  readonly timeMs: number
  readonly lastPrice: string
  readonly volume: number | null
  /** When it came, by our clock; of an index only, whose packets tell nothing else of their order within a second. */
  readonly receivedAtMs?: number
}

/** What is kept of a quote. */
export function seenOf({ timeMs, lastPrice, volume, receivedAtMs }: LiveQuote): Seen {
  return { timeMs, lastPrice, volume, ...(volume === null && { receivedAtMs }) }
}

/**
 * Reads a tick; null for one that does not tell the exchange's time (Kite sends such until the mode is `full`), or has
 * no price. A row of the book without a price is no offer.
 */
export function quoteOf(tick: Tick, instrument: string, receivedAtMs: number): LiveQuote | null {
  const time = tick.exchangeTime
  if (time === null || tick.lastPriceUnits <= 0) return null
  const [bid] = tick.depth?.buy ?? []
  const [ask] = tick.depth?.sell ?? []
  return {
    instrumentToken: tick.instrumentToken,
    instrument,
    lastPrice: tick.lastPrice,
    bid: offered(bid),
    ask: offered(ask),
    price: tick.lastPriceUnits / tick.divisor,
    timeMs: time.getTime(),
    volume: tick.volume,
    receivedAtMs,
  }
}

/** The quotes among ticks of instruments that have a name. */
export function quotesOf(
  ticks: readonly Tick[],
  names: ReadonlyMap<number, string>,
  receivedAtMs: number,
): LiveQuote[] {
  return ticks.flatMap((tick) => {
    const name = names.get(tick.instrumentToken)
    return (name !== undefined && quoteOf(tick, name, receivedAtMs)) || []
  })
}

function offered(row: { readonly price: string; readonly quantity: number } | undefined): string | null {
  return row && row.quantity > 0 && Number(row.price) > 0 ? row.price : null
}

/**
 * Whether a quote tells something new. Kite's times are whole seconds and it sends the last packet again after every
 * subscription, so within one second only a grown volume makes a packet new; for an index another price that came later,
 * as the same packets are processed again when the answer to their commit was lost.
 */
export function isNews(seen: Seen | undefined, quote: LiveQuote): boolean {
  if (seen === undefined || quote.timeMs > seen.timeMs) return true
  if (quote.timeMs < seen.timeMs) return false
  if (quote.volume === null || seen.volume === null)
    return quote.lastPrice !== seen.lastPrice && quote.receivedAtMs > (seen.receivedAtMs ?? 0)
  return quote.volume > seen.volume
}
