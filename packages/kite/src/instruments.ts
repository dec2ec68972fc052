import { csvRows } from './csv.ts'

/** One line of the instrument list (https://kite.trade/docs/connect/v3/market-quotes/#csv-response-columns). */
export interface Instrument {
  readonly instrumentToken: number
  readonly exchangeToken: string
  readonly tradingsymbol: string
  readonly name: string
  /** Decimal string; null where the list carries no price. Never current: ask for a quote. */
  readonly lastPrice: string | null
  /** 'YYYY-MM-DD', or null for what does not expire. */
  readonly expiry: string | null
  /** Decimal string; null for what is not an option. */
  readonly strike: string | null
  /** Decimal string; '0' for an index, which cannot be traded. */
  readonly tickSize: string
  /** Quantities are whole multiples of it; 0 for an index, which cannot be traded. */
  readonly lotSize: number
  /** EQ, FUT, CE or PE. */
  readonly instrumentType: string
  readonly segment: string
  readonly exchange: string
}

const columns =
  'instrument_token exchange_token tradingsymbol name last_price expiry strike tick_size lot_size instrument_type segment exchange'.split(
    ' ',
  )
const decimal = /^\d+(\.\d+)?$/
const zero = /^0*(\.0*)?$/

/**
 * Reads the instrument list row by row, by column name, so a new or moved column does no harm.
 * Throws RangeError naming the line when the header or a row is not what Kite promises: half a list is worse than none.
 */
export async function* parseInstruments(chunks: AsyncIterable<string>): AsyncGenerator<Instrument> {
  let places: ReadonlyMap<string, number> | undefined
  let line = 0
  for await (const row of csvRows(chunks)) {
    line += 1
    if (places === undefined) places = placesOf(row)
    else yield instrumentOf(row, places, line)
  }
  if (places === undefined) throw new RangeError('the instrument list is empty')
}

function placesOf(header: readonly string[]): ReadonlyMap<string, number> {
  const places = new Map(header.map((name, place) => [name.trim(), place]))
  const missing = columns.filter((name) => !places.has(name))
  if (missing.length > 0) throw new RangeError(`the instrument list has no column ${missing.join(', ')}`)
  return places
}

function instrumentOf(row: readonly string[], places: ReadonlyMap<string, number>, line: number): Instrument {
  const cell = (column: string) => row[places.get(column) ?? -1] ?? ''
  const instrumentType = cell('instrument_type')
  const isOption = instrumentType === 'CE' || instrumentType === 'PE'
  const instrument: Instrument = {
    instrumentToken: Number(cell('instrument_token')),
    exchangeToken: cell('exchange_token'),
    tradingsymbol: cell('tradingsymbol'),
    name: cell('name'),
    lastPrice: zero.test(cell('last_price')) ? null : cell('last_price'),
    expiry: cell('expiry') || null,
    strike: isOption ? cell('strike') : null,
    tickSize: zero.test(cell('tick_size')) ? '0' : cell('tick_size'),
    lotSize: Number(cell('lot_size')),
    instrumentType,
    segment: cell('segment'),
    exchange: cell('exchange'),
  }
  if (!isReadable(instrument)) throw new RangeError(`line ${line} of the instrument list cannot be read`)
  return instrument
}

function isReadable({ instrumentToken, tradingsymbol, exchange, lotSize, ...prices }: Instrument): boolean {
  const decimals = [prices.lastPrice ?? '0', prices.strike ?? '0', prices.tickSize]
  return (
    Number.isSafeInteger(instrumentToken) &&
    instrumentToken > 0 &&
    Number.isSafeInteger(lotSize) &&
    lotSize >= 0 &&
    tradingsymbol !== '' &&
    exchange !== '' &&
    decimals.every((text) => decimal.test(text))
  )
}
