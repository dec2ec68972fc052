import { createListener } from '@stratdesk/data/listen'
import { createMarket } from '@stratdesk/data/market'
import type { Strategy } from '@stratdesk/strategies/strategy'
import { findStrategy } from '@stratdesk/strategies/catalogue'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createEngine, type Engine, type EngineOptions } from './engine.ts'
import { createAccountRequests } from './requests.ts'
import { addRun, askToStop, fillsOf, logOf, readRun, untilSeen, untilStatus } from './testing/runs.ts'
import { shortenLease } from './testing/shorten-lease.ts'
import { type Stack, startStack } from './testing/stack.ts'

async function startEngine(options: EngineOptions): Promise<Engine & AsyncDisposable> {
  const engine = createEngine(options)
  await engine.start()
  return { ...engine, [Symbol.asyncDispose]: () => engine.stop() }
}

async function advanceSeen(
  stack: Stack,
  runs: readonly (readonly [Parameters<typeof untilSeen>[0], string])[],
  steps: number,
) {
  for (let step = 0; step < steps; step += 1) await stack.advance(1)
  for (const [scope, run] of runs) await untilSeen(scope, run, stack.now())
}

test('two brokers run at once, and each ledger holds its own fills only', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine(stack.engineOptions)
  const first = await addRun(asha)
  const second = await addRun(rohan, { fastLength: 2, slowLength: 5, quantity: 7 })
  await untilSeen(asha, first, stack.now())
  await untilSeen(rohan, second, stack.now())
  await advanceSeen(
    stack,
    [
      [asha, first],
      [rohan, second],
    ],
    40,
  )

  const ashasFills = await fillsOf(asha, first)
  const rohansFills = await fillsOf(rohan, second)
  expect(ashasFills.length).toBeGreaterThan(2)
  expect(rohansFills.length).toBeGreaterThan(2)
  expect(ashasFills.every(({ quantity }) => quantity % 10 === 0)).toBe(true)
  expect(rohansFills.every(({ quantity }) => quantity % 7 === 0)).toBe(true)
  expect(await fillsOf(asha, second)).toEqual([])
  expect(await fillsOf(rohan, first)).toEqual([])
})

test('trades, open lots, intents and events tell the same story as the fills', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine(stack.engineOptions)
  const run = await addRun(asha)
  await untilSeen(asha, run, stack.now())
  await advanceSeen(stack, [[asha, run]], 60)

  const all = asha.read('fills', 'trades', 'open_lots', 'order_intents', 'orders', 'events')
  const fills = await all.selectFrom('fills').selectAll().where('run_id', '=', run).execute()
  const trades = await all.selectFrom('trades').selectAll().where('run_id', '=', run).execute()
  const lots = await all.selectFrom('open_lots').selectAll().where('run_id', '=', run).execute()
  const intents = await all
    .selectFrom('order_intents')
    .selectAll()
    .where('run_id', '=', run)
    .orderBy('run_seq')
    .execute()
  const orders = await all.selectFrom('orders').selectAll().where('run_id', '=', run).execute()
  const events = await all.selectFrom('events').selectAll().orderBy('seq').execute()

  expect(trades.length).toBeGreaterThan(1)
  const paise = (rows: readonly { charges: string }[]) =>
    rows.reduce((sum, { charges }) => sum + Math.round(Number(charges) * 100), 0)
  expect(paise(trades) + paise(lots)).toBe(paise(fills))
  const row = await readRun(asha, run)
  const sum = (key: 'gross' | 'charges') =>
    trades.reduce((total, trade) => total + Math.round(Number(trade[key]) * 100), 0)
  expect([row.trade_count, Number(row.gross) * 100, Number(row.charges) * 100]).toEqual([
    trades.length,
    expect.closeTo(sum('gross'), 6),
    expect.closeTo(sum('charges'), 6),
  ])
  for (const trade of trades) {
    expect(Number(trade.gross) - Number(trade.charges)).toBeCloseTo(Number(trade.net), 6)
    expect(trade.entry_reason).toMatch(/^(.+; )?EMA 3 crossed/)
    expect(trade.exit_reason).toMatch(/^(EMA 3 crossed|Stop-loss|Take-profit)/)
  }
  expect(intents.map(({ run_seq }) => run_seq)).toEqual(intents.map((_, index) => index + 1))
  expect(intents.every(({ outcome, fence }) => outcome === 'accepted' && fence === '1')).toBe(true)
  expect(orders.every(({ status }) => status === 'complete')).toBe(true)
  const count = (type: string) => events.filter((event) => event.type === type).length
  expect({ order: count('order'), fill: count('fill'), trade: count('trade') }).toEqual({
    order: orders.length,
    fill: fills.length,
    trade: trades.length,
  })
  const rohansEvents = await rohan.read('events').selectFrom('events').select('type').execute()
  expect(rohansEvents).toEqual([{ type: 'connection' }])
})

test('live numbers, last price and candles follow the prices', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  await stack.signIn('UK1234')
  const heard: string[] = []
  const listener = createListener({ url: stack.engineOptions.url })
  await listener.listen('account_ticks', (payload) => heard.push(payload))
  await using engine = await startEngine(stack.engineOptions)
  const run = await addRun(asha)
  await untilSeen(asha, run, stack.now())
  await advanceSeen(stack, [[asha, run]], 12)
  await vi.waitUntil(() => heard.some((payload) => payload.includes(new Date(stack.now()).toISOString())), {
    timeout: 5_000,
  })
  await engine.stop()
  await listener.close()

  const market = createMarket(stack.engineOptions.pool)
  const instrument = await market.instrument('SIM:SPX500')
  const last = JSON.parse(heard.at(-1)?.slice('UK9394 '.length) ?? '')
  expect(heard.every((payload) => payload.startsWith('UK9394 '))).toBe(true)
  expect(last.prices).toEqual([
    {
      instrument: 'SIM:SPX500',
      instrumentToken: instrument?.instrument_token,
      lastPrice: instrument?.last_price,
      marketTime: new Date(stack.now()).toISOString(),
    },
  ])
  expect(last.runs).toMatchObject([
    { runId: run, pnl: { realised: expect.any(String), asOf: expect.any(String) } },
  ])
  const range = { instrumentToken: instrument?.instrument_token ?? 0, limit: 100 }
  expect((await market.candles({ ...range, interval: '1m' })).map(({ time }) => time.toISOString())).toEqual([
    '2026-03-02T04:00:00.000Z',
  ])
  expect((await market.candles({ ...range, interval: '5s' })).length).toBe(3)
})

test('stopping with flatten closes the position at the current quote, then the run is stopped', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine(stack.engineOptions)
  const settings = { stopLossPct: 0, takeProfitPct: 0 }
  const [closed, left] = [await addRun(asha, settings), await addRun(asha, settings)]
  const other = await addRun(rohan, settings)
  for (const run of [closed, left]) await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  await advanceSeen(
    stack,
    [
      [asha, closed],
      [asha, left],
      [rohan, other],
    ],
    40,
  )
  expect((await fillsOf(asha, closed)).length).toBeGreaterThan(0)

  await askToStop(asha, closed, true)
  await askToStop(asha, left, false)
  await untilStatus(asha, closed, 'stopped')
  await untilStatus(asha, left, 'stopped')

  const lots = await asha.read('open_lots').selectFrom('open_lots').select(['run_id', 'remaining']).execute()
  expect(lots).toEqual([{ run_id: left, remaining: 10 }])
  expect((await fillsOf(asha, closed)).at(-1)).toMatchObject({ quantity: 10 })
  expect(await readRun(asha, closed)).toMatchObject({
    stop_reason: 'Stopped from Firefox on Linux, positions closed',
  })
  expect((await readRun(asha, left)).stop_reason).toMatch(
    /^Stopped from Firefox on Linux, position left open: (long|short) 10 SIM:SPX500$/,
  )
  const statuses = await asha
    .read('events')
    .selectFrom('events')
    .select('payload')
    .where('type', '=', 'run')
    .execute()
  const ofClosed = statuses.filter(({ payload }) => JSON.stringify(payload).includes(closed))
  expect(ofClosed.map(({ payload }) => payload)).toMatchObject([
    { status: 'running', revision: 2 },
    { status: 'stopping', revision: 4 },
    { status: 'stopped', revision: 5, desired: 'stopped' },
  ])
  expect((await readRun(rohan, other)).status).toBe('running')
})

test('a strategy that throws fails its own run; its position is left open and said, others go on', async () => {
  const faulty: Strategy<{ at: number }> = {
    id: 'faulty',
    title: 'Faulty',
    summary: 'Buys once, then throws',
    market: 'None',
    riskNote: 'It throws',
    version: '1',
    params: z.object({ at: z.number() }),
    instruments: () => ['SIM:SPX500'],
    quantity: () => 1,
    create({ at }) {
      let ticks = 0
      return {
        onTick({ instrument }) {
          ticks += 1
          if (ticks >= at) throw new Error('division by cucumber')
          if (ticks > 1) return []
          return [
            { kind: 'intent', side: 'buy', quantity: 4, instrument, orderType: 'MARKET', reason: 'first' },
          ]
        },
        snapshot: () => ticks,
        restore: (snapshot) => {
          ticks = Number(snapshot)
        },
      }
    },
  }
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine({
    ...stack.engineOptions,
    findStrategy: (id) => (id === 'faulty' ? faulty : findStrategy(id)),
  })
  const healthy = await addRun(asha)
  const others = await addRun(rohan)
  const broken = await addRun(asha, { at: 3 }, 'faulty')
  await untilSeen(asha, healthy, stack.now())
  await untilSeen(rohan, others, stack.now())
  await untilStatus(asha, broken, 'running')
  await advanceSeen(
    stack,
    [
      [asha, healthy],
      [rohan, others],
    ],
    6,
  )
  await untilStatus(asha, broken, 'failed')
  await advanceSeen(
    stack,
    [
      [asha, healthy],
      [rohan, others],
    ],
    1,
  )

  const reason = 'The strategy failed: division by cucumber. Its position was left open: long 4 SIM:SPX500'
  expect(await readRun(asha, broken)).toMatchObject({ stop_reason: reason })
  expect(await logOf(asha, broken)).toContain(reason)
  expect((await readRun(asha, healthy)).status).toBe('running')
  expect((await readRun(rohan, others)).status).toBe('running')
})

test.each([
  ['a strategy that is not there', {}, 'no-such', 'There is no strategy no-such'],
  [
    'an instrument that is not there',
    { instrument: 'SIM:NOPE' },
    'ema-crossover',
    "The broker's instrument list has no SIM:NOPE",
  ],
  [
    'parameters that do not fit',
    { quantity: -1 },
    'ema-crossover',
    'Its parameters do not fit this version of the strategy',
  ],
])('%s fails the run with a reason', async (_name, params, strategyId, reason) => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine(stack.engineOptions)
  const run = await addRun(asha, params, strategyId)
  await untilStatus(asha, run, 'failed')

  expect((await readRun(asha, run)).stop_reason).toBe(reason)
  expect(await rohan.read('runs').selectFrom('runs').select('id').execute()).toEqual([])
})

test('an actor whose fence is overtaken does nothing more; the account comes back with a new one', async () => {
  await using stack = await startStack()
  await shortenLease(stack.engineOptions.url, 2)
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine(stack.engineOptions)
  const run = await addRun(asha)
  const other = await addRun(rohan)
  await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())
  const before = await readRun(asha, run)

  await asha.update('broker_accounts').set({ fence: '70' }).execute()
  await stack.advance(1)
  await vi.waitUntil(() => stack.logged.some(({ message }) => message === 'The account was taken over'), {
    timeout: 5_000,
  })

  expect((await readRun(asha, run)).checkpoint).toEqual(before.checkpoint)
  await untilSeen(rohan, other, stack.now())
  await untilSeen(asha, run, stack.now())
  const [account] = await asha.read('broker_accounts').selectFrom('broker_accounts').select('fence').execute()
  expect(account).toEqual({ fence: '71' })
})

test('an expired token lets runs wait; after a new sign-in they go on, and the gap is said', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  await using _engine = await startEngine(stack.engineOptions)
  const run = await addRun(asha)
  await untilSeen(asha, run, stack.now())
  await advanceSeen(stack, [[asha, run]], 3)
  const seenAt = stack.now()

  await stack.expireTokens()
  await stack.advance(1)
  const connectionOf = (scope: typeof asha) =>
    scope.read('broker_connections').selectFrom('broker_connections').select('status').executeTakeFirst()
  await vi.waitUntil(async () => (await connectionOf(asha))?.status === 'expired', { timeout: 10_000 })
  await vi.waitUntil(async () => (await logOf(asha, run)).some((line) => line.startsWith('Waiting')), {
    timeout: 10_000,
  })
  await stack.advance(60)
  expect((await readRun(asha, run)).status).toBe('running')
  expect((await connectionOf(rohan))?.status).toBe('connected')

  await stack.signIn('UK9394')
  await untilSeen(asha, run, stack.now())

  const log = await logOf(asha, run)
  expect(log.filter((line) => line.startsWith('Waiting'))).toEqual([
    'Waiting, no new orders: the broker connection has expired: sign in to the broker again',
  ])
  expect(log).toContain('Prices are back')
  expect(log.find((line) => line.startsWith('No prices of SIM:SPX500 were seen'))).toBe(
    'No prices of SIM:SPX500 were seen from 2026-03-02 09:30:03 to 2026-03-02 09:31:04 IST',
  )
  expect(new Date(seenAt).toISOString()).toBe('2026-03-02T04:00:03.000Z')
  const events = await asha
    .read('events')
    .selectFrom('events')
    .select('payload')
    .where('type', '=', 'connection')
    .orderBy('seq')
    .execute()
  expect(events.map(({ payload }) => payload)).toMatchObject([
    { status: 'connected' },
    { status: 'expired' },
    { status: 'connected' },
  ])
})

test('two engines never run one account at once, and an account without runs is let go', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const options = { ...stack.engineOptions, idleMs: 100 }
  await using _first = await startEngine(options)
  await using _second = await startEngine(options)
  const runs = [await addRun(asha), await addRun(rohan)] as const
  await untilSeen(asha, runs[0], stack.now())
  await untilSeen(rohan, runs[1], stack.now())
  await advanceSeen(
    stack,
    [
      [asha, runs[0]],
      [rohan, runs[1]],
    ],
    10,
  )
  const taken = () => stack.logged.filter(({ message }) => message === 'Took an account')
  const left = () => stack.logged.filter(({ message }) => message === 'Left an account')
  expect([taken().length, left().length]).toEqual([2, 0])

  await askToStop(asha, runs[0], false)
  const isIdle = ({ fields }: { fields: object }) => 'outcome' in fields && fields.outcome === 'idle'
  await vi.waitUntil(() => left().some(isIdle), { timeout: 10_000 })
  const again = await addRun(asha)
  await untilSeen(asha, again, stack.now())

  expect((await readRun(asha, runs[0])).status).toBe('stopped')
  expect((await readRun(rohan, runs[1])).status).toBe('running')
})

test('a run that is stopped before an engine saw it never starts', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const run = await addRun(asha)
  const other = await addRun(rohan)
  await askToStop(asha, run, true)
  const requests = createAccountRequests({ url: stack.engineOptions.url })
  await requests.request('UK9394')
  await requests.request('UK1234')
  await requests.close()
  await using _engine = await startEngine(stack.engineOptions)
  await untilStatus(asha, run, 'stopped')
  await untilStatus(rohan, other, 'running')

  expect(await readRun(asha, run)).toMatchObject({
    started_at: null,
    stop_reason: 'Stopped from Firefox on Linux before it started',
  })
  expect(await logOf(asha, run)).toEqual(['Stopped before it started'])
})
