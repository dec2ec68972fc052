import type { Market } from '@stratdesk/data/market'
import { coalesce, type Coalescer } from '../live/coalesce.ts'
import { CandleBuilder } from './candle-builder.ts'
import type { LiveQuote } from './quote.ts'

const intervalMs = 1_000
const pruneEveryMs = 3_600_000
const dayMs = 86_400_000
const keptMs = { '5s': 2 * dayMs, '1m': 60 * dayMs } as const

/** Keeps last prices and candles of what this process sees, for charts and for pages without a stream. */
export class MarketWriter {
  readonly #market: Market
  readonly #candles = new CandleBuilder()
  readonly #prices = new Map<number, LiveQuote>()
  readonly #coalescer: Coalescer
  readonly #onError: (error: unknown) => void
  #newestMs = 0
  #prunedAtMs = 0

  constructor(market: Market, onError: (error: unknown) => void) {
    this.#market = market
    this.#onError = onError
    this.#coalescer = coalesce(intervalMs, () => this.#write(), onError)
  }

  /** Takes a price; it is written within a second. Older than what was taken before, it changes no candle. */
  add(quote: LiveQuote): void {
    const { instrumentToken, lastPrice, timeMs } = quote
    const latest = this.#prices.get(instrumentToken)
    if (latest === undefined || timeMs >= latest.timeMs) this.#prices.set(instrumentToken, quote)
    this.#candles.add(instrumentToken, lastPrice, timeMs)
    this.#newestMs = Math.max(this.#newestMs, timeMs)
    this.#coalescer.poke()
  }

  /** Writes what is left. */
  async stop(): Promise<void> {
    await this.#coalescer.stop()
    await this.#write().catch(this.#onError)
  }

  async #write(): Promise<void> {
    const written = await Promise.allSettled([this.#writePrices(), this.#writeCandles()])
    for (const outcome of written) if (outcome.status === 'rejected') throw outcome.reason
    await this.#prune()
  }

  async #writePrices(): Promise<void> {
    const prices = [...this.#prices.values()]
    this.#prices.clear()
    if (prices.length === 0) return
    try {
      await this.#market.recordPrices(
        prices.map(({ instrumentToken, lastPrice, receivedAtMs }) => ({
          instrument_token: instrumentToken,
          last_price: lastPrice,
          last_price_at: new Date(receivedAtMs),
        })),
      )
    } catch (error) {
      for (const quote of prices) {
        if (!this.#prices.has(quote.instrumentToken)) this.#prices.set(quote.instrumentToken, quote)
      }
      throw error
    }
  }

  async #writeCandles(): Promise<void> {
    const candles = this.#candles.takeChanged()
    if (candles.length === 0) return
    try {
      await this.#market.upsertCandles(
        candles.map(({ instrumentToken, ...candle }) => ({ instrument_token: instrumentToken, ...candle })),
      )
    } catch (error) {
      this.#candles.putBack(candles)
      throw error
    }
  }

  /** By the market's own time as well: a replay of old prices would otherwise lose them at once. */
  async #prune(): Promise<void> {
    const nowMs = Date.now()
    if (this.#newestMs === 0 || nowMs - this.#prunedAtMs < pruneEveryMs) return
    this.#prunedAtMs = nowMs
    const newestMs = Math.min(nowMs, this.#newestMs)
    for (const interval of ['5s', '1m'] as const) {
      await this.#market.pruneCandles(interval, new Date(newestMs - keptMs[interval]))
    }
  }
}
