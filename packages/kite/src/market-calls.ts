import * as z from 'zod'
import { parseInstruments, type Instrument } from './instruments.ts'
import { KiteError, unreadableReply } from './kite-error.ts'
import {
  candlesShape,
  ltpShape,
  ohlcShape,
  quoteShape,
  type HistoricalCandle,
  type LtpQuote,
  type OhlcQuote,
  type Quote,
} from './market-shapes.ts'
import type { Reader } from './reader.ts'
import { formatIst } from './time.ts'

/** What history to fetch; `from` and `to` are instants, both included. */
export interface HistoricalRange {
  readonly instrumentToken: number
  readonly interval:
    | 'minute'
    | '3minute'
    | '5minute'
    | '10minute'
    | '15minute'
    | '30minute'
    | '60minute'
    | 'day'
  readonly from: Date
  readonly to: Date
  readonly oi?: boolean
}

/**
 * Calls about the market; all are tried again and reject with KiteError. Quotes are keyed 'NSE:INFY'; a name the broker
 * does not know has no entry.
 */
export interface MarketCalls {
  /** At most 500 names. */
  quote(instruments: readonly string[]): Promise<ReadonlyMap<string, Quote>>
  /** At most 1000 names. */
  ohlc(instruments: readonly string[]): Promise<ReadonlyMap<string, OhlcQuote>>
  /** At most 1000 names. */
  ltp(instruments: readonly string[]): Promise<ReadonlyMap<string, LtpQuote>>
  /** The list of one exchange or of all, row by row as it arrives: about 100,000 rows, one chunk in memory at a time. */
  instruments(exchange?: string): AsyncGenerator<Instrument, void>
  historical(range: HistoricalRange): Promise<readonly HistoricalCandle[]>
}

const listTimeoutMs = 300_000

/** Market calls over one reader. */
export function marketCalls(reader: Reader): MarketCalls {
  async function quotes<Shape extends z.ZodType>(
    path: string,
    shape: Shape,
    names: readonly string[],
    namesMax: number,
  ) {
    if (names.length > namesMax) throw new RangeError(`${path} takes at most ${namesMax} instruments`)
    if (names.length === 0) return new Map<string, z.output<Shape>>()
    const query = new URLSearchParams(names.map((name) => ['i', name]))
    const rows = await reader.get(z.record(z.string(), shape), { path, lane: 'quote', query })
    return new Map(Object.entries(rows))
  }
  return {
    quote: (names) => quotes('/quote', quoteShape, names, 500),
    ohlc: (names) => quotes('/quote/ohlc', ohlcShape, names, 1000),
    ltp: (names) => quotes('/quote/ltp', ltpShape, names, 1000),
    instruments: (exchange) => instrumentList(reader, exchange),
    async historical({ instrumentToken, interval, from, to, oi }) {
      const query = new URLSearchParams({ from: formatIst(from), to: formatIst(to), oi: oi ? '1' : '0' })
      const path = `/instruments/historical/${instrumentToken}/${interval}`
      return (await reader.get(candlesShape, { path, lane: 'historical', query })).candles
    },
  }
}

async function* instrumentList(
  reader: Reader,
  exchange: string | undefined,
): AsyncGenerator<Instrument, void> {
  const path = exchange === undefined ? '/instruments' : `/instruments/${encodeURIComponent(exchange)}`
  const response = await reader.open({ path, lane: 'others', timeoutMs: listTimeoutMs })
  if (!response.body) throw unreadableReply(response.status, `GET ${path}: an empty reply`)
  try {
    yield* parseInstruments(response.body.pipeThrough(new TextDecoderStream()))
  } catch (error) {
    if (error instanceof RangeError) throw unreadableReply(response.status, `GET ${path}: ${error.message}`)
    const message = `GET ${path}: the connection broke in mid-list`
    throw new KiteError({ status: null, errorType: 'NetworkException', message, isDefinite: false })
  }
}
