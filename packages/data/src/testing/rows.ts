import type { BrokerScope, NewRow } from '../scope.ts'
import { uuidv7 } from '../uuid.ts'

/** Adds a stopped paper run and returns its id; `run` overrides any column. */
export async function addRun(scope: BrokerScope, run: Partial<NewRow<'runs'>> = {}): Promise<string> {
  const id = uuidv7()
  const defaults = {
    id,
    idempotency_key: id,
    name: 'A run',
    strategy_id: 'ema-crossover',
    strategy_version: '1',
    params: '{}',
    mode: 'paper',
    desired: 'stopped',
    status: 'stopped',
    started_by_device_id: uuidv7(),
    started_by_label: 'Laptop',
  } as const
  await scope.insert('runs', { ...defaults, ...run }).execute()
  return id
}

export interface TestFill {
  readonly side: 'buy' | 'sell'
  readonly quantity?: number
  readonly price?: string
  readonly charges?: string
  readonly at?: Date
  readonly instrument?: string
  readonly instrumentToken?: number
}

const fillDefaults = {
  quantity: 10,
  price: '100',
  charges: '0',
  at: new Date('2026-11-23T05:00:00Z'),
  instrument: 'SIM:SPX500',
  instrumentToken: 1,
}

/** Adds an executed order of a run with its intent, and returns the ids of order and fill. */
export async function addFill(
  scope: BrokerScope,
  runId: string,
  fill: TestFill,
): Promise<{ readonly orderId: string; readonly fillId: string }> {
  const { side, quantity, price, charges, at, instrument, instrumentToken } = { ...fillDefaults, ...fill }
  const [intentId, orderId, fillId] = [uuidv7(), uuidv7(), uuidv7()]
  const traded = { instrument_token: instrumentToken, instrument, side, quantity }
  return await scope.transaction(async (tx) => {
    const account = await tx.lockAccount()
    const intents = tx.read('order_intents').selectFrom('order_intents').where('run_id', '=', runId)
    const last = await intents.select((eb) => eb.fn.max('run_seq').as('seq')).executeTakeFirst()
    await tx
      .insert('order_intents', {
        ...traded,
        id: intentId,
        run_id: runId,
        run_seq: (last?.seq ?? 0) + 1,
        tag: intentId.replaceAll('-', '').slice(-20),
        fence: account?.fence ?? '0',
        order_type: 'MARKET',
        reason: 'A test wants it',
        market_time: at,
        outcome: 'accepted',
      })
      .execute()
    await tx
      .insert('orders', {
        id: orderId,
        intent_id: intentId,
        run_id: runId,
        status: 'complete',
        created_at: at,
      })
      .execute()
    await tx
      .insert('fills', {
        ...traded,
        id: fillId,
        order_id: orderId,
        run_id: runId,
        broker_trade_id: fillId,
        price,
        charges,
        reason: 'A test wants it',
        market_time: at,
      })
      .execute()
    return { orderId, fillId }
  })
}

export interface TestTrade {
  readonly gross: string
  readonly charges?: string
  readonly exitAt: Date
  readonly side?: 'long' | 'short'
}

/** Adds a round trip of a run with its two fills, and returns its id. `net` is what is left of gross after charges. */
export async function addTrade(scope: BrokerScope, runId: string, trade: TestTrade): Promise<string> {
  const { gross, charges = '0', exitAt, side = 'long' } = trade
  const entry = await addFill(scope, runId, { side: side === 'long' ? 'buy' : 'sell', at: exitAt })
  const exit = await addFill(scope, runId, { side: side === 'long' ? 'sell' : 'buy', at: exitAt })
  const id = uuidv7()
  await scope
    .insert('trades', {
      id,
      run_id: runId,
      strategy_id: 'ema-crossover',
      entry_fill_id: entry.fillId,
      exit_fill_id: exit.fillId,
      instrument: 'SIM:SPX500',
      side,
      quantity: 10,
      entry_price: '100',
      exit_price: '101',
      entry_at: exitAt,
      exit_at: exitAt,
      gross,
      charges,
      net: String(Number(gross) - Number(charges)),
      entry_reason: 'A test wants it',
      exit_reason: 'A test wants it',
      mode: 'paper',
    })
    .execute()
  return id
}

/** Leaves a fill of a run open as a lot. */
export async function addLot(scope: BrokerScope, runId: string, fill: TestFill): Promise<void> {
  const { side, quantity, price, charges, at, instrument, instrumentToken } = { ...fillDefaults, ...fill }
  const { fillId } = await addFill(scope, runId, fill)
  await scope
    .insert('open_lots', {
      run_id: runId,
      fill_id: fillId,
      instrument_token: instrumentToken,
      instrument,
      side: side === 'buy' ? 'long' : 'short',
      remaining: quantity,
      price,
      charges,
      reason: 'A test wants it',
      opened_at: at,
    })
    .execute()
}
