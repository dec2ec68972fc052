import type { BrokerScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'

/** A round trip to be written; the rest is made up. */
export interface SeedTrade {
  readonly exitAt: Date
  readonly net: string
  readonly side?: 'long' | 'short'
  readonly exitReason?: string
}

/** Writes a stopped run and answers its id. */
export async function seedRun(scope: BrokerScope, name: string): Promise<string> {
  const id = uuidv7()
  await scope
    .insert('runs', {
      id,
      idempotency_key: id,
      name,
      strategy_id: 'ema-crossover',
      strategy_version: '1.0.0',
      params: '{}',
      mode: 'paper',
      desired: 'stopped',
      status: 'stopped',
      started_by_device_id: uuidv7(),
      started_by_label: 'Chrome on Linux',
    })
    .execute()
  return id
}

/** Writes round trips of a run with the orders and fills they came from; answers their ids. */
export async function seedTrades(
  scope: BrokerScope,
  runId: string,
  trades: readonly SeedTrade[],
): Promise<readonly string[]> {
  const ids: string[] = []
  for (const [index, trade] of trades.entries()) {
    const entry = await seedFill(scope, runId, { seq: index * 2 + 1, side: 'buy', at: trade.exitAt })
    const exit = await seedFill(scope, runId, { seq: index * 2 + 2, side: 'sell', at: trade.exitAt })
    const id = uuidv7()
    ids.push(id)
    await scope
      .insert('trades', {
        id,
        run_id: runId,
        strategy_id: 'ema-crossover',
        entry_fill_id: entry,
        exit_fill_id: exit,
        instrument: 'SIM:SPX500',
        side: trade.side ?? 'long',
        quantity: 10,
        entry_price: '100',
        exit_price: '101',
        entry_at: new Date(trade.exitAt.getTime() - 60_000),
        exit_at: trade.exitAt,
        gross: `${Number(trade.net) + 1}`,
        charges: '1',
        net: trade.net,
        entry_reason: 'Crossed above',
        exit_reason: trade.exitReason ?? 'Crossed below',
        mode: 'paper',
      })
      .execute()
  }
  return ids
}

/** Writes an order that was filled whole; answers the fill's id. */
async function seedFill(
  scope: BrokerScope,
  runId: string,
  fill: { readonly seq: number; readonly side: 'buy' | 'sell'; readonly at: Date; readonly price?: string },
): Promise<string> {
  const [intentId, orderId, fillId] = [uuidv7(), uuidv7(), uuidv7()]
  const what = { instrument_token: 1, instrument: 'SIM:SPX500', side: fill.side, quantity: 10 }
  await scope
    .insert('order_intents', {
      ...what,
      id: intentId,
      run_id: runId,
      run_seq: fill.seq,
      tag: intentId.replaceAll('-', '').slice(12),
      fence: '0',
      order_type: 'MARKET',
      limit_price: null,
      reason: 'Crossed above',
      market_time: fill.at,
      outcome: 'accepted',
      outcome_message: null,
      created_at: fill.at,
    })
    .execute()
  await scope
    .insert('orders', {
      id: orderId,
      intent_id: intentId,
      run_id: runId,
      broker_order_id: null,
      status: 'complete',
      status_message: null,
    })
    .execute()
  await scope
    .insert('fills', {
      ...what,
      id: fillId,
      order_id: orderId,
      run_id: runId,
      broker_trade_id: 'paper-1',
      price: fill.price ?? '100',
      charges: '0.5',
      reason: 'Crossed above',
      market_time: fill.at,
    })
    .execute()
  return fillId
}

/** Writes an open lot of ten units bought at 100. */
export async function seedLot(scope: BrokerScope, runId: string, instrumentToken: number): Promise<void> {
  const at = new Date()
  const fillId = await seedFill(scope, runId, { seq: 9001, side: 'buy', at })
  await scope
    .insert('open_lots', {
      run_id: runId,
      fill_id: fillId,
      instrument_token: instrumentToken,
      instrument: 'SIM:SPX500',
      side: 'long',
      remaining: 10,
      price: '100',
      charges: '0.5',
      reason: 'Crossed above',
      opened_at: at,
    })
    .execute()
}
