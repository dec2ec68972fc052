import Big from 'big.js'

/** What is left open of an entry. Money as decimal strings. */
export interface Lot {
  readonly fillId: string
  readonly instrumentToken: number
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly remaining: number
  readonly price: string
  /** Entry charges not yet carried into a round trip. */
  readonly charges: string
  readonly reason: string
  readonly openedAt: Date
}

/** An execution, as the ledger needs it. */
export interface LedgerFill {
  readonly id: string
  readonly instrumentToken: number
  readonly instrument: string
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly price: string
  readonly charges: string
  readonly reason: string
  readonly marketTime: Date
}

/** From an entry to an exit. `net = gross − charges`; the charges are the shares of both fills. */
export interface RoundTrip {
  readonly entryFillId: string
  readonly exitFillId: string
  readonly instrument: string
  readonly side: 'long' | 'short'
  readonly quantity: number
  readonly entryPrice: string
  readonly exitPrice: string
  readonly entryAt: Date
  readonly exitAt: Date
  readonly gross: string
  readonly charges: string
  readonly net: string
  readonly entryReason: string
  readonly exitReason: string
}

/**
 * First in, first out: closes the oldest lots of the other side (`lots` in the order they were opened), opens a lot with
 * what is left of the fill. Charges are shared by quantity, to the paisa, and the last share takes the rest, so that over
 * the round trips of a fill, and of a lot, they sum to exactly what was paid.
 */
export function matchFill(
  lots: readonly Lot[],
  fill: LedgerFill,
): { lots: readonly Lot[]; trips: readonly RoundTrip[] } {
  const opening = fill.side === 'buy' ? 'long' : 'short'
  const kept: Lot[] = []
  const trips: RoundTrip[] = []
  let { quantity, charges } = fill
  for (const lot of lots) {
    const isClosed = lot.instrumentToken === fill.instrumentToken && lot.side !== opening && quantity > 0
    if (!isClosed) {
      kept.push(lot)
      continue
    }
    const taken = Math.min(lot.remaining, quantity)
    const entry = shareOf(lot.charges, taken, lot.remaining)
    const exit = shareOf(charges, taken, quantity)
    trips.push(roundTrip(lot, fill, taken, entry.plus(exit)))
    quantity -= taken
    charges = new Big(charges).minus(exit).toFixed()
    if (lot.remaining > taken) {
      kept.push({
        ...lot,
        remaining: lot.remaining - taken,
        charges: new Big(lot.charges).minus(entry).toFixed(),
      })
    }
  }
  if (quantity > 0) kept.push(openLot(fill, opening, quantity, charges))
  return { lots: kept, trips }
}

function shareOf(charges: string, taken: number, whole: number): Big {
  if (taken === whole) return new Big(charges)
  return new Big(charges).times(taken).div(whole).round(2, Big.roundHalfUp)
}

function roundTrip(lot: Lot, fill: LedgerFill, quantity: number, charges: Big): RoundTrip {
  const direction = lot.side === 'long' ? 1 : -1
  const gross = new Big(fill.price).minus(lot.price).times(quantity).times(direction)
  return {
    entryFillId: lot.fillId,
    exitFillId: fill.id,
    instrument: lot.instrument,
    side: lot.side,
    quantity,
    entryPrice: lot.price,
    exitPrice: fill.price,
    entryAt: lot.openedAt,
    exitAt: fill.marketTime,
    gross: gross.toFixed(),
    charges: charges.toFixed(),
    net: gross.minus(charges).toFixed(),
    entryReason: lot.reason,
    exitReason: fill.reason,
  }
}

function openLot(fill: LedgerFill, side: Lot['side'], remaining: number, charges: string): Lot {
  return {
    fillId: fill.id,
    instrumentToken: fill.instrumentToken,
    instrument: fill.instrument,
    side,
    remaining,
    price: fill.price,
    charges,
    reason: fill.reason,
    openedAt: fill.marketTime,
  }
}

/** What is held, lot by lot summed: positive long, negative short. */
export function openQuantity(lots: readonly Lot[]): number {
  return lots.reduce((sum, { side, remaining }) => sum + (side === 'long' ? remaining : -remaining), 0)
}
