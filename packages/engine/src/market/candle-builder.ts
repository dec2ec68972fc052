/** One candle of an instrument; prices are decimal strings, `time` is its beginning by the exchange's clock. */
export interface Candle {
  readonly instrumentToken: number
  readonly interval: '5s' | '1m'
  readonly time: Date
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
}

const lengthsMs = { '5s': 5_000, '1m': 60_000 } as const

/** An outage may not fill the memory: so many candles wait to be kept at most. */
const keptMax = 50_000

/** Builds the 5-second and 1-minute candles of any number of instruments from their ticks. */
export class CandleBuilder {
  readonly #current = new Map<string, Candle>()
  readonly #changed = new Map<string, Candle>()
  readonly #newestMs = new Map<number, number>()

  /** Takes a tick. Two accounts may bring the same instrument: an older one than was taken makes no close. */
  add(instrumentToken: number, price: string, timeMs: number): void {
    const isLate = timeMs < (this.#newestMs.get(instrumentToken) ?? 0)
    if (!isLate) this.#newestMs.set(instrumentToken, timeMs)
    for (const interval of ['5s', '1m'] as const) {
      const time = timeMs - (timeMs % lengthsMs[interval])
      const key = `${instrumentToken} ${interval}`
      const current = this.#current.get(key)
      if (current && time < current.time.getTime()) continue
      const isSame = current?.time.getTime() === time
      const candle = isSame
        ? withPrice(current, price, isLate)
        : {
            instrumentToken,
            interval,
            time: new Date(time),
            open: price,
            high: price,
            low: price,
            close: price,
          }
      this.#current.set(key, candle)
      this.#changed.set(`${key} ${time}`, candle)
    }
  }

  /** Takes back candles that could not be kept, to be given again; newer states of the same ones stay. */
  putBack(candles: readonly Candle[]): void {
    for (const candle of candles.slice(-keptMax)) {
      const key = `${candle.instrumentToken} ${candle.interval} ${candle.time.getTime()}`
      if (!this.#changed.has(key)) this.#changed.set(key, candle)
    }
  }

  /** The candles that changed since the last call, and forgets that they did. */
  takeChanged(): readonly Candle[] {
    const changed = [...this.#changed.values()]
    this.#changed.clear()
    return changed
  }
}

function withPrice(candle: Candle, price: string, isLate: boolean): Candle {
  return {
    ...candle,
    high: Number(price) > Number(candle.high) ? price : candle.high,
    low: Number(price) < Number(candle.low) ? price : candle.low,
    close: isLate ? candle.close : price,
  }
}
