import type { BrokerScope } from '@stratdesk/data/scope'
import type { ActiveRun } from './active-run.ts'
import type { Batch, DecidedOrder, FilledOrder, StatusChange } from './batch.ts'
import { emitOrders, emitTrips } from './emit.ts'
import { endReason } from './end-reason.ts'
import { fenced } from './fence.ts'
import { orderTag } from './order-tag.ts'
import { plain } from './plain.ts'

/**
 * Writes a batch in one transaction under the actor's fence: intents, orders, fills, ledger, trades, log, statuses,
 * checkpoints and events, all of it or none.
 *
 * One transaction is enough because a paper fill is only calculated: there is no moment at which something has happened
 * outside that the database does not know of. Killed at any instant, the actor's successor finds either the checkpoint
 * before a tick, and decides it again, or the one after it with all consequences. A gateway that really sends needs
 * its intents committed before it is called, and their outcome after.
 *
 * Cost for ticks that decide nothing: one transaction of four round trips for all runs of the account, whatever their
 * number, each rewriting its checkpoint of about 400 bytes in place (no indexed column changes).
 */
export async function commitBatch(scope: BrokerScope, fence: string, batch: Batch): Promise<void> {
  await fenced(scope, fence, async (tx) => {
    await writeOrders(tx, fence, batch)
    await writeLedger(tx, batch)
    if (batch.logs.length > 0) await tx.insert('run_logs', batch.logs.map(logRow)).execute()
    await writeCheckpoints(tx, batch.checkpoints)
    for (const change of batch.statuses) await writeStatus(tx, change)
    await emitOrders(tx, batch.filled)
    await emitTrips(tx, batch.trips)
  })
}

async function writeOrders(tx: BrokerScope, fence: string, { filled, refused }: Batch): Promise<void> {
  const decided = [...filled, ...refused]
  if (decided.length === 0) return
  await tx
    .insert(
      'order_intents',
      decided.map((order) => intentRow(order, fence)),
    )
    .execute()
  if (filled.length === 0) return
  await tx.insert('orders', filled.map(orderRow)).execute()
  await tx.insert('fills', filled.map(fillRow)).execute()
}

function intentRow(order: DecidedOrder, fence: string) {
  return {
    id: order.intentId,
    run_id: order.run.id,
    run_seq: order.seq,
    tag: orderTag(order.run.id, order.seq),
    fence,
    instrument_token: order.instrumentToken,
    instrument: order.instrument,
    side: order.side,
    order_type: 'MARKET' as const,
    quantity: order.quantity,
    limit_price: null,
    reason: order.reason,
    market_time: order.marketTime,
    outcome: order.refusal === null ? ('accepted' as const) : ('rejected' as const),
    outcome_message: order.refusal,
  }
}

function orderRow(order: FilledOrder) {
  return {
    id: order.orderId,
    intent_id: order.intentId,
    run_id: order.run.id,
    broker_order_id: null,
    status: 'complete' as const,
    status_message: null,
  }
}

function fillRow(order: FilledOrder) {
  return {
    id: order.fillId,
    order_id: order.orderId,
    run_id: order.run.id,
    broker_trade_id: 'paper-1',
    instrument_token: order.instrumentToken,
    instrument: order.instrument,
    side: order.side,
    quantity: order.quantity,
    price: order.price,
    charges: order.charges,
    reason: order.reason,
    market_time: order.marketTime,
  }
}

async function writeLedger(tx: BrokerScope, { filled, trips }: Batch): Promise<void> {
  const runs = [...new Set(filled.map(({ run }) => run))]
  if (runs.length === 0) return
  const trades = trips.map(({ run, ...trip }) => tradeRow(run, trip))
  if (trades.length > 0) await tx.insert('trades', trades).execute()
  const ids = runs.map(({ id }) => id)
  await tx.delete('open_lots').where('run_id', 'in', ids).execute()
  const lots = runs.flatMap((run) => run.lots.map((lot) => lotRow(run, lot)))
  if (lots.length > 0) await tx.insert('open_lots', lots).execute()
}

function tradeRow(run: ActiveRun, trip: Omit<Batch['trips'][number], 'run'>) {
  return {
    id: trip.id,
    run_id: run.id,
    strategy_id: run.strategyId,
    entry_fill_id: trip.entryFillId,
    exit_fill_id: trip.exitFillId,
    instrument: trip.instrument,
    side: trip.side,
    quantity: trip.quantity,
    entry_price: trip.entryPrice,
    exit_price: trip.exitPrice,
    entry_at: trip.entryAt,
    exit_at: trip.exitAt,
    gross: trip.gross,
    charges: trip.charges,
    net: trip.net,
    entry_reason: trip.entryReason,
    exit_reason: trip.exitReason,
    mode: 'paper' as const,
  }
}

function lotRow(run: ActiveRun, lot: ActiveRun['lots'][number]) {
  return {
    run_id: run.id,
    fill_id: lot.fillId,
    instrument_token: lot.instrumentToken,
    instrument: lot.instrument,
    side: lot.side,
    remaining: lot.remaining,
    price: lot.price,
    charges: lot.charges,
    reason: lot.reason,
    opened_at: lot.openedAt,
  }
}

function logRow({ runId, marketTime, level, message }: Batch['logs'][number]) {
  return { run_id: runId, market_time: marketTime, level, message: plain(message) }
}

/** One statement for all runs: `set checkpoint = case id when … then … end`. */
async function writeCheckpoints(tx: BrokerScope, checkpoints: Batch['checkpoints']): Promise<void> {
  const [first, ...others] = checkpoints
  if (first === undefined) return
  await tx
    .update('runs')
    .set((row) => {
      const jsonb = (json: string) => row.cast<string>(row.val(json), 'jsonb')
      const start = row.case().when('id', '=', first[0].id).then(jsonb(first[1]))
      const whole = others.reduce(
        (cases, [run, json]) => cases.when('id', '=', run.id).then(jsonb(json)),
        start,
      )
      return { checkpoint: whole.end(), last_activity_at: new Date() }
    })
    .where(
      'id',
      'in',
      checkpoints.map(([run]) => run.id),
    )
    .execute()
}

/** Moves a run to another status, raising its revision, and tells the account's devices. */
async function writeStatus(tx: BrokerScope, { runId, status, reason }: StatusChange): Promise<void> {
  const now = new Date()
  const stopReason = reason === null ? null : plain(endReason(reason, await askedToStop(tx, runId)))
  const run = await tx
    .update('runs')
    .set((row) => ({
      status,
      revision: row('revision', '+', 1),
      last_activity_at: now,
      ...(stopReason !== null && { stop_reason: stopReason }),
      ...(status === 'running' && { started_at: now }),
      ...((status === 'stopped' || status === 'failed') && { stopped_at: now }),
    }))
    .where('id', '=', runId)
    .returning(['desired', 'revision'])
    .executeTakeFirst()
  if (run) await tx.emit('run', { runId, status, desired: run.desired, revision: run.revision })
}

/** What the row of a run that goes on says: who asked for its end. Nobody can ask meanwhile, the account is locked. */
async function askedToStop(tx: BrokerScope, runId: string): Promise<string | null> {
  const runs = tx.read('runs').selectFrom('runs').where('id', '=', runId)
  return (await runs.select('stop_reason').executeTakeFirst())?.stop_reason ?? null
}
