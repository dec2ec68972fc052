import { formatIst } from '@stratdesk/kite/time'
import type { Decision, Intent } from '@stratdesk/strategies/strategy'
import { openQuantity } from '../ledger/match-fill.ts'
import { isNews, type LiveQuote, type Seen, seenOf } from '../market/quote.ts'
import type { PaperGateway } from '../paper/paper-gateway.ts'
import type { ActiveRun } from './active-run.ts'
import type { Batch } from './batch.ts'
import { checkpointOf } from './checkpoint.ts'
import { closePosition, fillOrder, heldText, refuseOrder } from './execute.ts'
import { plain } from './plain.ts'

/** What filling an order needs beside the run and the quote; `nowMs` is the wall clock. */
export interface FillContext {
  readonly batch: Batch
  readonly gateway: PaperGateway
  readonly nowMs: number
  /** How far the exchange's time of a price may be behind the wall clock; infinite when the market is simulated. */
  readonly lagMaxMs: number
}

/** What processing a quote needs beside the run. */
export interface QuoteContext extends FillContext {
  /** The last quote of another instrument, if there is one. */
  readonly quoteOf: (instrument: string) => LiveQuote | undefined
}

/** A quote older than this does not open a position. */
export const staleAfterMs = 5_000
/** Decisions one quote may lead to: more means that a strategy answers its own fills without end. */
const decisionsMax = 50
const gapMs = 10_000
const clockBackMs = 60_000
/** What the ledger can count. */
const quantityMax = 2_147_483_647

/**
 * Gives a run the next quote and carries out what its strategy decides: the batch and the run's own state then hold the
 * consequences. A quote that the run has seen is ignored. A strategy that throws fails its run, and nothing else.
 */
export function runQuote(run: ActiveRun, quote: LiveQuote, context: QuoteContext): void {
  const { batch } = context
  const seen = run.seen.get(quote.instrumentToken)
  // A position is closed at any current price, also at one the strategy has seen.
  if (run.phase === 'flatten') return flatten(run, quote, context)
  if (run.phase === 'ended' || !(isNews(seen, quote) || wentBack(run, seen, quote))) return
  if (run.mayHaveGap.delete(quote.instrumentToken)) noteGap(run, seen, quote, batch)
  run.seen.set(quote.instrumentToken, seenOf(quote))
  batch.moved.add(run)
  try {
    const { instrument, price, timeMs } = quote
    carryOut(run, run.strategy.onTick?.({ instrument, price, time: timeMs }) ?? [], quote, context)
  } catch (error) {
    failRun(run, `The strategy failed: ${error instanceof Error ? error.message : String(error)}`, batch)
  }
}

/** Makes the checkpoints of all runs that moved. A strategy that cannot tell its state has failed. */
export function takeCheckpoints(batch: Batch): void {
  batch.checkpoints = [...batch.moved].flatMap((run) => {
    try {
      return [[run, checkpointOf(run)] as const]
    } catch (error) {
      failRun(run, `The strategy failed: ${error instanceof Error ? error.message : String(error)}`, batch)
      return []
    }
  })
}

/** Ends a run as failed. Its positions stay open, and the log says so. */
export function failRun(
  run: Pick<ActiveRun, 'id' | 'lots'> & Partial<Pick<ActiveRun, 'phase'>>,
  reason: string,
  batch: Batch,
): void {
  run.phase = 'ended'
  const held = heldText(run)
  const message = held === null ? reason : `${reason}. Its position was left open: ${held}`
  batch.log(run, 'error', message)
  batch.statuses.push({ runId: run.id, status: 'failed', reason: message })
}

/** Closes what it can at this quote, unless it is of the past; the run is stopped once nothing is held. */
export function flatten(run: ActiveRun, quote: LiveQuote, context: FillContext): void {
  if (isOfThePast(quote, context)) return
  if (!closePosition(run, quote, 'The run was stopped: position closed', context)) return
  run.phase = 'ended'
  context.batch.log(run, 'info', 'Stopped with its positions closed')
  context.batch.statuses.push({ runId: run.id, status: 'stopped', reason: 'Stopped, positions closed' })
}

/**
 * Whether the exchange's clock is far behind the time of what was seen, on a new connection or after a restart: one
 * time that was too high must not silence a run for good. What had arrived when the run was loaded proves nothing:
 * after an error it is processed again, and may be old because it was committed after all.
 */
function wentBack(run: ActiveRun, seen: Seen | undefined, quote: LiveQuote): boolean {
  if (seen === undefined || !run.mayHaveGap.has(quote.instrumentToken)) return false
  return seen.timeMs - quote.timeMs > clockBackMs && quote.receivedAtMs > run.loadedAtMs
}

function noteGap(run: ActiveRun, seen: Seen | undefined, quote: LiveQuote, batch: Batch): void {
  if (seen === undefined) return
  const [from, to] = [seen.timeMs, quote.timeMs].map((ms) => formatIst(new Date(ms)))
  if (quote.timeMs < seen.timeMs) {
    batch.log(
      run,
      'warn',
      `The exchange's clock of ${quote.instrument} went back from ${from} to ${to} IST`,
      quote,
    )
    return
  }
  if (quote.timeMs - seen.timeMs <= gapMs) return
  batch.log(run, 'warn', `No prices of ${quote.instrument} were seen from ${from} to ${to} IST`, quote)
}

function carryOut(run: ActiveRun, first: readonly Decision[], quote: LiveQuote, context: QuoteContext): void {
  const decisions = [...first]
  for (let count = 0; count < decisions.length; count += 1) {
    if (count >= decisionsMax) throw new Error(`more than ${decisionsMax} decisions on one price`)
    const decision = decisions[count]
    if (decision === undefined) return
    if (decision.kind === 'note') context.batch.log(run, decision.level, decision.message, quote)
    else decisions.push(...place(run, decision, quote, context))
  }
}

/** Places an order and returns what the strategy decides on hearing of it. */
function place(
  run: ActiveRun,
  intent: Intent,
  current: LiveQuote,
  context: QuoteContext,
): readonly Decision[] {
  if (!Number.isInteger(intent.quantity) || intent.quantity <= 0 || intent.quantity > quantityMax) {
    throw new Error(`it wants to ${intent.side} ${intent.quantity} ${intent.instrument}`)
  }
  const quote = intent.instrument === current.instrument ? current : context.quoteOf(intent.instrument)
  if (quote === undefined) throw new Error(`it wants ${intent.instrument}, which it did not ask prices of`)
  const opening = intent.quantity - closingPart(run, intent, quote)
  const refusal = opening > 0 ? staleness(quote, context) : null
  if (refusal === null) return fill(run, intent, quote, context)
  // Of an order that turns the position around, what only closes is done all the same.
  const closing = intent.quantity - opening
  const filled = closing > 0 ? fill(run, { ...intent, quantity: closing }, quote, context) : []
  refuseOrder(run, { ...wishOf(intent), quantity: opening }, quote, refusal, context.batch)
  return [...filled, ...(run.strategy.onRejected?.(refusal) ?? [])]
}

function fill(run: ActiveRun, intent: Intent, quote: LiveQuote, context: QuoteContext): readonly Decision[] {
  const { price } = fillOrder(run, wishOf(intent), quote, context)
  const { instrument, side, quantity } = intent
  return run.strategy.onFill?.({ instrument, side, quantity, price: Number(price), time: quote.timeMs }) ?? []
}

function wishOf({ side, quantity, reason }: Intent) {
  return { side, quantity, reason: plain(reason) }
}

/** How much of an order closes what is held. */
function closingPart(run: ActiveRun, intent: Intent, quote: LiveQuote): number {
  const held = openQuantity(run.lots.filter((lot) => lot.instrumentToken === quote.instrumentToken))
  const isAgainst = intent.side === 'buy' ? held < 0 : held > 0
  return isAgainst ? Math.min(intent.quantity, Math.abs(held)) : 0
}

/** Why nothing may be opened at a quote; null for a current one. */
function staleness(quote: LiveQuote, context: FillContext): string | null {
  const ageMs = context.nowMs - quote.receivedAtMs
  if (ageMs > staleAfterMs) return `the price was ${Math.round(ageMs / 1000)} s old`
  if (!isOfThePast(quote, context)) return null
  return `the price is of ${formatIst(new Date(quote.timeMs))} IST: the market may be closed`
}

/**
 * Whether the exchange made this price long before it came. On every new subscription the broker sends the last packet
 * again, at night the one of the afternoon: nobody would trade at it.
 */
function isOfThePast({ timeMs }: LiveQuote, { nowMs, lagMaxMs }: FillContext): boolean {
  return nowMs - timeMs > lagMaxMs
}
