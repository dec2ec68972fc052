import { fieldOf, isOneOf } from '@stratdesk/data/expressions'
import type { BrokerScope, Write } from '@stratdesk/data/scope'
import type { ActiveRun } from './active-run.ts'
import type { Batch, DecidedOrder, FilledOrder, StatusChange } from './batch.ts'
import { orderEvents, tripEvents } from './order-events.ts'
import { endReason } from './end-reason.ts'
import { underFence } from './fence.ts'
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
 * Cost: one round trip for all runs of the account, whatever their number and whatever they decide, unless one of them
 * changes its status. A tick that decides nothing rewrites the checkpoints, about 400 bytes each, in place (no indexed
 * column changes).
 */
export async function commitBatch(scope: BrokerScope, fence: string, batch: Batch): Promise<void> {
  const writes = [...orderWrites(scope, fence, batch), ...ledgerWrites(scope, batch)]
  if (batch.logs.length > 0) writes.push(scope.insert('run_logs', batch.logs.map(logRow)))
  if (batch.checkpoints.length > 0) writes.push(checkpointWrite(scope, batch.checkpoints))
  const all = { fence, writes, events: [...orderEvents(batch.filled), ...tripEvents(batch.trips)] }
  await underFence(async () => {
    if (batch.statuses.length === 0) return await scope.writeAll(all)
    await scope.transaction(async (tx) => {
      await tx.writeAll(all)
      for (const change of batch.statuses) await writeStatus(tx, change)
    })
  })
}

function orderWrites(tx: BrokerScope, fence: string, { filled, refused }: Batch): Write[] {
  const decided = [...filled, ...refused]
  if (decided.length === 0) return []
  const intents = tx.insert(
    'order_intents',
    decided.map((order) => intentRow(order, fence)),
  )
  if (filled.length === 0) return [intents]
  return [intents, tx.insert('orders', filled.map(orderRow)), tx.insert('fills', filled.map(fillRow))]
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

function ledgerWrites(tx: BrokerScope, { filled, trips }: Batch): Write[] {
  const runs = [...new Set(filled.map(({ run }) => run))]
  if (runs.length === 0) return []
  const trades = trips.map(({ run, ...trip }) => tradeRow(run, trip))
  const ids = runs.map(({ id }) => id)
  const lots = runs.flatMap((run) => run.lots.map((lot) => lotRow(run, lot)))
  return [
    ...(trades.length > 0 ? [tx.insert('trades', trades)] : []),
    tx.delete('open_lots').where((lot) => isOneOf(lot.ref('run_id'), ids)),
    ...(lots.length > 0 ? [tx.insert('open_lots', lots)] : []),
  ]
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

/** One statement, of the same text however many runs there are. */
function checkpointWrite(tx: BrokerScope, checkpoints: Batch['checkpoints']): Write {
  const ids = checkpoints.map(([run]) => run.id)
  const byRun = checkpoints.map(([run, json]) => `"${run.id}":${json}`)
  return tx
    .update('runs')
    .set((row) => ({
      checkpoint: fieldOf(`{${byRun.join()}}`, row.ref('id')),
      last_activity_at: new Date(),
    }))
    .where((row) => isOneOf(row.ref('id'), ids))
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
