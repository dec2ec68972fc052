import Big from 'big.js'

/**
 * The exact decimal string of a JSON number, never in exponent form: 1500 is '1500', 1e-7 is '0.0000001'.
 *
 * Kite sends prices and money as JSON numbers. The shortest text that reads back as the same double is, up to
 * 15 significant digits, the very text the broker sent less its trailing zeros; so nothing is rounded here.
 * Throws RangeError for NaN and infinities.
 */
export function decimalOf(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not an amount`)
  const text = String(value)
  return text.includes('e') ? new Big(text).toFixed() : text
}

/**
 * The exact decimal string of a whole number of units, `divisor` of which make one: (141295, 100) is '1412.95'.
 * `units` is a 32-bit integer and `divisor` a power of ten up to 10⁷, so the quotient has at most ten digits and
 * its shortest text is exact.
 */
export function decimalOfUnits(units: number, divisor: number): string {
  const text = String(units / divisor)
  return text.includes('e') ? decimalOf(units / divisor) : text
}
