import { markExpired } from '@stratdesk/data/connections'
import { uuidv7 } from '@stratdesk/data/uuid'
import type { Person } from './differential-person.ts'

/** What an engine writes for an account, at times that are the same on every server. */

const begun = Date.parse('2026-03-02T04:00:00Z')
const instrument = { instrument_token: 1, instrument: 'SIM:SPX500' }

/** Makes a round trip of a run, from its intents to the event that tells of it. */
export async function trade(person: Person, runId: string, net: number): Promise<void> {
  const nth = (person.traded += 1)
  const at = new Date(begun + nth * 7 * 60_000)
  const side = nth % 2 === 0 ? ('long' as const) : ('short' as const)
  const sides = side === 'long' ? (['buy', 'sell'] as const) : (['sell', 'buy'] as const)
  const [entry, exit] = sides.map((of, index) => ({ side: of, seq: nth * 2 + index, ...newIds() }))
  if (!entry || !exit) return
  await person.scope.transaction(async (tx) => {
    await tx.lockAccount()
    await tx.insert('order_intents', [intent(runId, entry, at), intent(runId, exit, at)]).execute()
    await tx.insert('orders', [order(runId, entry), order(runId, exit)]).execute()
    await tx.insert('fills', [fill(runId, entry, at), fill(runId, exit, at)]).execute()
    const id = uuidv7()
    await tx
      .insert('trades', {
        id,
        run_id: runId,
        strategy_id: 'ema-crossover',
        entry_fill_id: entry.fillId,
        exit_fill_id: exit.fillId,
        instrument: instrument.instrument,
        side,
        quantity: 10,
        entry_price: '100',
        exit_price: '101.25',
        entry_at: new Date(at.getTime() - 60_000),
        exit_at: at,
        gross: String(net + 1),
        charges: '1',
        net: String(net),
        entry_reason: `Crossed for ${person.brokerId}`,
        exit_reason: 'Crossed back',
        mode: 'paper',
      })
      .execute()
    const exitAt = at.toISOString()
    const what = { instrument: instrument.instrument, side, quantity: 10, net: String(net), exitAt }
    await tx.emit('trade', { id, runId, ...what })
  })
}

/** Leaves ten units of a run open. */
export async function openPosition(person: Person, runId: string): Promise<void> {
  const nth = (person.traded += 1)
  const at = new Date(begun + nth * 7 * 60_000)
  const bought = { side: 'buy' as const, seq: nth * 2, ...newIds() }
  await person.scope.transaction(async (tx) => {
    await tx.lockAccount()
    await tx.insert('order_intents', intent(runId, bought, at)).execute()
    await tx.insert('orders', order(runId, bought)).execute()
    await tx.insert('fills', fill(runId, bought, at)).execute()
    await tx
      .insert('open_lots', {
        ...instrument,
        run_id: runId,
        fill_id: bought.fillId,
        side: 'long',
        remaining: 10,
        price: '100',
        charges: '0.5',
        reason: 'Crossed',
        opened_at: at,
      })
      .execute()
  })
}

/** Moves a run on to a status, as its actor does, with a log line and an event. */
export async function moveOn(person: Person, runId: string, status: 'running' | 'stopped'): Promise<void> {
  const at = new Date(begun)
  await person.scope.transaction(async (tx) => {
    await tx.lockAccount()
    const run = await tx.lock('runs', runId)
    if (!run || run.status === 'stopped') return
    const revision = run.revision + 1
    const times = status === 'running' ? { started_at: at } : { stopped_at: at }
    await tx
      .update('runs')
      .set({ ...times, status, revision, last_activity_at: at })
      .where('id', '=', runId)
      .execute()
    const message = `Now ${status}, says the engine of ${person.brokerId}`
    await tx.insert('run_logs', { run_id: runId, level: 'info', message, market_time: at }).execute()
    await tx.emit('run', { runId, status, desired: run.desired, revision })
  })
}

/** Lets the account's broker token die. */
export async function expireToken(person: Person): Promise<void> {
  await markExpired(person.scope)
}

/** Tells the account's devices a price. */
export async function showPrice(person: Person): Promise<void> {
  await person.scope.notify('account_ticks', JSON.stringify({ of: person.brokerId, prices: [], runs: [] }))
}

interface Leg {
  readonly side: 'buy' | 'sell'
  readonly seq: number
  readonly intentId: string
  readonly orderId: string
  readonly fillId: string
}

function newIds() {
  return { intentId: uuidv7(), orderId: uuidv7(), fillId: uuidv7() }
}

function intent(runId: string, { side, seq, intentId }: Leg, at: Date) {
  return {
    ...instrument,
    id: intentId,
    run_id: runId,
    run_seq: seq,
    tag: intentId.replaceAll('-', '').slice(12),
    fence: '0',
    side,
    quantity: 10,
    order_type: 'MARKET' as const,
    reason: 'Crossed',
    market_time: at,
    outcome: 'accepted' as const,
    created_at: at,
  }
}

function order(runId: string, { orderId, intentId }: Leg) {
  return { id: orderId, intent_id: intentId, run_id: runId, status: 'complete' as const }
}

function fill(runId: string, { side, orderId, fillId }: Leg, at: Date) {
  return {
    ...instrument,
    id: fillId,
    order_id: orderId,
    run_id: runId,
    broker_trade_id: 'paper-1',
    side,
    quantity: 10,
    price: '100',
    charges: '0.5',
    reason: 'Crossed',
    market_time: at,
  }
}
