/** Open, high, low and close of each of the 1440 minutes of an IST day, in paise. */
export interface MinuteBars {
  readonly open: Int32Array
  readonly high: Int32Array
  readonly low: Int32Array
  readonly close: Int32Array
}

/**
 * Prices in whole paise as a pure function of time. The two views agree: a minute's bar is exactly the
 * first, largest, smallest and last of its sixty seconds.
 */
export interface PriceSource {
  /** The prices of the sixty seconds of an epoch minute. */
  secondsOfMinute(minute: number): Int32Array
  /** The bars of an IST day (days since 1970-01-01 IST). */
  minutesOfDay(day: number): MinuteBars
}

/** Minutes in a day. */
export const dayMinutes = 1440

/** Epoch minute at which an IST day begins. */
export const firstMinute = (day: number): number => day * dayMinutes - 330

/** Empty bars for one day. */
export const emptyBars = (): MinuteBars => ({
  open: new Int32Array(dayMinutes),
  high: new Int32Array(dayMinutes),
  low: new Int32Array(dayMinutes),
  close: new Int32Array(dayMinutes),
})
