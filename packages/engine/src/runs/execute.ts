import { uuidv7 } from '@stratdesk/data/uuid'
import Big from 'big.js'
import { matchFill, openQuantity, type RoundTrip } from '../ledger/match-fill.ts'
import type { LiveQuote } from '../market/quote.ts'
import type { PaperGateway } from '../paper/paper-gateway.ts'
import type { ActiveRun, Totals } from './active-run.ts'
import type { Batch, DecidedOrder, FilledOrder } from './batch.ts'

/** An order to be placed for a run. */
export interface OrderWish {
  readonly side: 'buy' | 'sell'
  readonly quantity: number
  readonly reason: string
}

/** Fills an order at a quote: the order, its ledger entries and its log lines go into the batch. */
export function fillOrder(
  run: ActiveRun,
  wish: OrderWish,
  quote: LiveQuote,
  { batch, gateway }: { batch: Batch; gateway: PaperGateway },
): FilledOrder {
  const { price, charges } = gateway.fill(wish, quote)
  const decided = decide(run, wish, quote, null)
  const filled: FilledOrder = { ...decided, orderId: uuidv7(), fillId: uuidv7(), price, charges }
  batch.filled.push(filled)
  batch.moved.add(run)
  const verb = wish.side === 'buy' ? 'Bought' : 'Sold'
  const what = `${verb} ${wish.quantity} ${quote.instrument} at ${price}, charges ${charges}`
  batch.log(run, 'info', `${what}: ${wish.reason}`, quote)
  enterLedger(run, filled, batch, quote)
  return filled
}

/** Writes down an order that is not placed, and why. */
export function refuseOrder(
  run: ActiveRun,
  wish: OrderWish,
  quote: LiveQuote,
  refusal: string,
  batch: Batch,
): void {
  batch.refused.push(decide(run, wish, quote, refusal))
  batch.moved.add(run)
  batch.log(run, 'warn', `No order to ${wish.side} ${wish.quantity} ${quote.instrument}: ${refusal}`, quote)
}

function decide(run: ActiveRun, wish: OrderWish, quote: LiveQuote, refusal: string | null): DecidedOrder {
  const { instrumentToken, instrument, timeMs, receivedAtMs } = quote
  const seq = run.nextSeq
  run.nextSeq += 1
  const marketTime = new Date(timeMs)
  const quoted = { instrumentToken, instrument, marketTime, receivedAtMs }
  return { run, intentId: uuidv7(), seq, ...quoted, ...wish, refusal }
}

function enterLedger(run: ActiveRun, filled: FilledOrder, batch: Batch, quote: LiveQuote): void {
  const { lots, trips } = matchFill(run.lots, { ...filled, id: filled.fillId })
  run.lots = lots
  for (const trip of trips) {
    run.totals = withTrip(run.totals, trip)
    batch.trips.push({ ...trip, id: uuidv7(), run })
    const result = `gross ${trip.gross}, charges ${trip.charges}, net ${trip.net}`
    batch.log(run, 'info', `Closed ${trip.side} ${trip.quantity} ${trip.instrument}: ${result}`, quote)
  }
}

function withTrip(totals: Totals, trip: RoundTrip): Totals {
  return {
    gross: new Big(totals.gross).plus(trip.gross).toFixed(),
    charges: new Big(totals.charges).plus(trip.charges).toFixed(),
    net: new Big(totals.net).plus(trip.net).toFixed(),
  }
}

/** Closes what a run holds of the quoted instrument; true when it holds nothing of any instrument any more. */
export function closePosition(
  run: ActiveRun,
  quote: LiveQuote,
  reason: string,
  context: { batch: Batch; gateway: PaperGateway },
): boolean {
  const held = openQuantity(run.lots.filter((lot) => lot.instrumentToken === quote.instrumentToken))
  if (held !== 0) {
    fillOrder(run, { side: held > 0 ? 'sell' : 'buy', quantity: Math.abs(held), reason }, quote, context)
  }
  return run.lots.length === 0
}

/** What a run holds, in words: `long 10 SIM:SPX500`; null when it holds nothing. */
export function heldText(run: { readonly lots: ActiveRun['lots'] }): string | null {
  const byInstrument = Map.groupBy(run.lots, (lot) => lot.instrument)
  const parts = [...byInstrument].map(([instrument, lots]) => {
    const quantity = openQuantity(lots)
    return `${quantity > 0 ? 'long' : 'short'} ${Math.abs(quantity)} ${instrument}`
  })
  return parts.length === 0 ? null : parts.join(', ')
}
