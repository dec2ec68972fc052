import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Canaries } from './canary.ts'

/**
 * Writes a run that has ended with all that belongs to one: orders, fills, a round trip, what is still open, its log,
 * the account's audit log and events. Every text and number is a canary. Answers the run's id.
 */
export async function addHistory(scope: BrokerScope, canaries: Canaries): Promise<string> {
  const mark = (column: string) => canaries.text(column)
  const runId = uuidv7()
  await scope
    .insert('runs', {
      id: runId,
      idempotency_key: mark('runs.idempotency_key'),
      name: mark('runs.name'),
      strategy_id: mark('strategy'),
      strategy_version: mark('runs.strategy_version'),
      params: JSON.stringify({ [mark('param')]: mark('runs.params') }),
      mode: 'paper',
      desired: 'stopped',
      status: 'stopped',
      stop_reason: mark('runs.stop_reason'),
      started_by_device_id: uuidv7(),
      started_by_label: mark('runs.started_by_label'),
      checkpoint: JSON.stringify({ note: mark('runs.checkpoint') }),
    })
    .execute()
  for (const level of ['info', 'warn'] as const) {
    const message = mark(`run_logs.message.${level}`)
    await scope.insert('run_logs', { run_id: runId, level, message }).execute()
  }
  await addTrading(scope, canaries, runId)
  for (let count = 0; count < 3; count++) {
    await scope.emit('connection', { status: 'connected', renewedBy: mark('events.payload') })
  }
  const at = new Date(Date.now() - 3_600_000)
  const seen = { first_signed_in_at: at, last_signed_in_at: at }
  const known = { id: uuidv7(), label: mark('devices.label'), user_agent: mark('devices.user_agent') }
  await scope.insert('devices', { ...known, ...seen }).execute()
  const detail = JSON.stringify({ runId, name: mark('audit_log.detail') })
  const device = { device_id: uuidv7(), device_label: mark('audit_log.device_label'), ip: '192.0.2.7' }
  await scope.insert('audit_log', { action: 'run-started', ...device, detail }).execute()
  return runId
}

/** Three filled orders, two round trips, and one lot still open. */
async function addTrading(scope: BrokerScope, canaries: Canaries, runId: string): Promise<void> {
  const mark = (column: string) => canaries.text(column)
  const [entry, exit, open] = [
    await addFill(scope, canaries, runId, 1),
    await addFill(scope, canaries, runId, 2),
    await addFill(scope, canaries, runId, 3),
  ]
  const at = new Date(Date.now() - 3_600_000)
  const trade = {
    run_id: runId,
    strategy_id: mark('strategy'),
    instrument: mark('trades.instrument'),
    side: 'long',
    quantity: canaries.count(1),
    entry_price: canaries.amount(1),
    exit_price: canaries.amount(2),
    entry_at: at,
    exit_at: at,
    gross: canaries.amount(3),
    charges: canaries.amount(4),
    net: canaries.amount(5),
    entry_reason: mark('trades.entry_reason'),
    exit_reason: mark('trades.exit_reason'),
    mode: 'paper',
  } as const
  await scope
    .insert('trades', [
      { ...trade, id: uuidv7(), entry_fill_id: entry, exit_fill_id: exit },
      { ...trade, id: uuidv7(), entry_fill_id: exit, exit_fill_id: open },
    ])
    .execute()
  await scope
    .insert('open_lots', {
      run_id: runId,
      fill_id: open,
      instrument_token: 1,
      instrument: mark('open_lots.instrument'),
      side: 'long',
      remaining: canaries.count(3),
      price: canaries.amount(6),
      charges: canaries.amount(7),
      reason: mark('open_lots.reason'),
      opened_at: at,
    })
    .execute()
}

/** Writes an order that was filled whole; answers the fill's id. */
async function addFill(scope: BrokerScope, canaries: Canaries, runId: string, seq: number): Promise<string> {
  const mark = (column: string) => canaries.text(column)
  const [intentId, orderId, fillId] = [uuidv7(), uuidv7(), uuidv7()]
  const at = new Date(Date.now() - 3_600_000)
  const quantity = canaries.count(seq)
  const traded = { instrument_token: 1, side: 'buy', quantity, market_time: at } as const
  await scope
    .insert('order_intents', {
      ...traded,
      id: intentId,
      run_id: runId,
      run_seq: seq,
      tag: `${canaries.word()}${seq}`,
      fence: '0',
      instrument: mark('order_intents.instrument'),
      order_type: 'LIMIT',
      limit_price: canaries.amount(8),
      reason: mark('order_intents.reason'),
      outcome: 'accepted',
      outcome_message: mark('order_intents.outcome_message'),
    })
    .execute()
  const order = { id: orderId, intent_id: intentId, run_id: runId, status: 'complete' } as const
  const broker = {
    broker_order_id: mark('orders.broker_order_id'),
    status_message: mark('orders.status_message'),
  }
  await scope.insert('orders', { ...order, ...broker }).execute()
  await scope
    .insert('fills', {
      ...traded,
      id: fillId,
      order_id: orderId,
      run_id: runId,
      broker_trade_id: mark('fills.broker_trade_id'),
      instrument: mark('fills.instrument'),
      price: canaries.amount(9),
      charges: canaries.amount(10),
      reason: mark('fills.reason'),
    })
    .execute()
  return fillId
}
