import { decimalOfUnits } from './decimal.ts'

/** How much of an instrument the ticker sends: last price, the day's numbers too, or depth and times as well. */
export type TickMode = 'ltp' | 'quote' | 'full'

/** The day's prices, decimal strings; `close` is the previous day's. */
export interface TickOhlc {
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
}

/** One row of market depth; `price` is a decimal string. */
export interface DepthRow {
  readonly quantity: number
  readonly price: string
  readonly orders: number
}

/** Five bids and five offers, best first; empty rows have quantity 0. */
export interface Depth {
  readonly buy: readonly DepthRow[]
  readonly sell: readonly DepthRow[]
}

/** Prices as the wire has them, in units of which `divisor` make a rupee. */
export interface RawOhlc {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

/** The numbers of a quote packet, prices in units. */
export interface RawQuote {
  readonly lastQuantity: number
  readonly averagePrice: number
  readonly volume: number
  readonly buyQuantity: number
  readonly sellQuantity: number
}

/** What only a full packet has, times in Unix seconds, depth as thirty numbers (quantity, price, orders) × 10. */
export interface RawFull {
  readonly lastTradeTime: number
  readonly oi: number
  readonly oiHigh: number
  readonly oiLow: number
  readonly depth: readonly number[]
}

/**
 * One price update. Whole numbers are read when the frame comes; decimal strings, dates and depth rows are made when
 * asked for, because most ticks are looked at for one number or none. Getters live on the class: spreading loses them.
 */
export class Tick {
  readonly instrumentToken: number
  readonly mode: TickMode
  /** Last price in units; `lastPriceUnits / divisor` is the price. */
  readonly lastPriceUnits: number
  /** 100, or 10⁷ and 10⁴ for the two currency segments. */
  readonly divisor: number
  readonly rawOhlc: RawOhlc | null
  readonly rawQuote: RawQuote | null
  readonly rawFull: RawFull | null
  readonly #exchangeSeconds: number

  constructor(
    instrumentToken: number,
    mode: TickMode,
    lastPriceUnits: number,
    divisor: number,
    rawOhlc: RawOhlc | null = null,
    rawQuote: RawQuote | null = null,
    rawFull: RawFull | null = null,
    exchangeSeconds = 0,
  ) {
    this.instrumentToken = instrumentToken
    this.mode = mode
    this.lastPriceUnits = lastPriceUnits
    this.divisor = divisor
    this.rawOhlc = rawOhlc
    this.rawQuote = rawQuote
    this.rawFull = rawFull
    this.#exchangeSeconds = exchangeSeconds
  }

  /** The last price as an exact decimal string. */
  get lastPrice(): string {
    return decimalOfUnits(this.lastPriceUnits, this.divisor)
  }

  /** When the exchange made this update, to the second; null in modes that do not tell. */
  get exchangeTime(): Date | null {
    return dateOf(this.#exchangeSeconds)
  }

  /** When the last trade happened, to the second; null in modes that do not tell. */
  get lastTradeTime(): Date | null {
    return dateOf(this.rawFull?.lastTradeTime ?? 0)
  }

  /** The day's prices, null in mode ltp. */
  get ohlc(): TickOhlc | null {
    const raw = this.rawOhlc
    if (raw === null) return null
    const { divisor } = this
    return {
      open: decimalOfUnits(raw.open, divisor),
      high: decimalOfUnits(raw.high, divisor),
      low: decimalOfUnits(raw.low, divisor),
      close: decimalOfUnits(raw.close, divisor),
    }
  }

  /** Average traded price of the day as a decimal string; null for an index and in mode ltp. */
  get averagePrice(): string | null {
    return this.rawQuote && decimalOfUnits(this.rawQuote.averagePrice, this.divisor)
  }

  /** Quantity traded today; null for an index and in mode ltp. */
  get volume(): number | null {
    return this.rawQuote && this.rawQuote.volume
  }

  /** Open interest; null outside mode full. */
  get oi(): number | null {
    return this.rawFull && this.rawFull.oi
  }

  /** Market depth, null outside mode full. */
  get depth(): Depth | null {
    const raw = this.rawFull?.depth
    return raw ? { buy: rows(raw, 0, this.divisor), sell: rows(raw, 15, this.divisor) } : null
  }
}

function rows(raw: readonly number[], start: number, divisor: number): DepthRow[] {
  const out: DepthRow[] = []
  for (let at = start; at < start + 15; at += 3) {
    const price = decimalOfUnits(raw[at + 1] ?? 0, divisor)
    out.push({ quantity: raw[at] ?? 0, price, orders: raw[at + 2] ?? 0 })
  }
  return out
}

function dateOf(seconds: number): Date | null {
  return seconds === 0 ? null : new Date(seconds * 1_000)
}
