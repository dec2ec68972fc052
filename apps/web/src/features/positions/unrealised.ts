/** A decimal as an exact integer of 10⁻ⁿ units. */
interface Scaled {
  readonly units: bigint
  readonly decimals: number
}

function parse(decimal: string): Scaled {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return { units: BigInt(whole + fraction), decimals: fraction.length }
}

/** `−` of two decimals, exact. */
function minus(a: Scaled, b: Scaled): Scaled {
  const decimals = Math.max(a.decimals, b.decimals)
  const raise = ({ units, decimals: from }: Scaled) => units * 10n ** BigInt(decimals - from)
  return { units: raise(a) - raise(b), decimals }
}

function write({ units, decimals }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals)
  return `${units < 0n ? '-' : ''}${whole}${decimals === 0 ? '' : `.${fraction}`}`
}

/**
 * The unrealised P&L of a position at a price, before charges: (price − average) × quantity, exact, so that a live
 * price and its result on the screen always agree.
 */
export function unrealisedAt(averagePrice: string, price: string, quantity: number): string {
  const difference = minus(parse(price), parse(averagePrice))
  return write({ units: difference.units * BigInt(quantity), decimals: difference.decimals })
}
