import Big from 'big.js'

/** What the formula needs of a position: decimal strings of rupees, and a signed quantity. */
export interface ValuedPosition {
  readonly buyValue: string
  readonly sellValue: string
  readonly quantity: number
  readonly lastPrice: string
  readonly multiplier: number
}

/**
 * Profit or loss of one position as an exact decimal string: (sell value − buy value) + quantity × last price ×
 * multiplier (https://kite.trade/docs/connect/v3/portfolio/#positions). A closed row, quantity 0, still carries its
 * profit; the broker's own realised and unrealised figures are not used because closed rows put profit in both.
 */
export function positionPnl(position: ValuedPosition): string {
  return exactPnl(position).toFixed()
}

/** The sum of `positionPnl` over an account's net positions; '0' for an account that the broker says has none. */
export function accountPnl(positions: Iterable<ValuedPosition>): string {
  let total = new Big(0)
  for (const position of positions) total = total.plus(exactPnl(position))
  return total.toFixed()
}

function exactPnl({ buyValue, sellValue, quantity, lastPrice, multiplier }: ValuedPosition): Big {
  return new Big(sellValue).minus(buyValue).plus(new Big(lastPrice).times(quantity).times(multiplier))
}
