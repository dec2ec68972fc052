import { expect, test } from 'vitest'
import { emaCrossover } from './ema-crossover.ts'
import { play } from './testing.ts'

const instrument = 'SIM:SPX500'
const market = { kind: 'intent', instrument, orderType: 'MARKET' }
const prices = [100, 100, 100, 98, 97, 99, 103, 106, 110, 114.5, 112, 108, 104, 101, 107, 109]

test('fixed prices give exactly these decisions: entry, take-profit, short, reversal', () => {
  const params = emaCrossover.params.parse({
    fastLength: 2,
    slowLength: 3,
    stopLossPct: 5,
    takeProfitPct: 10,
  })
  const info = { kind: 'note', level: 'info' }

  expect(play(emaCrossover.create(params), prices)).toEqual([
    { at: 0, decision: { ...info, message: 'No order yet: still warming up, 1 of 3 bars' } },
    { at: 1, decision: { ...info, message: 'No order yet: still warming up, 2 of 3 bars' } },
    {
      at: 3,
      decision: {
        ...info,
        message: 'Warmed up: EMA 2 is below EMA 3: 98.67 < 99.00; waiting for a crossing',
      },
    },
    {
      at: 5,
      decision: { ...market, side: 'buy', quantity: 10, reason: 'EMA 2 crossed above EMA 3: 98.52 > 98.50' },
    },
    { at: 5, decision: { ...info, message: 'Long 10 at 99.00; stop-loss 94.05, take-profit 108.90' } },
    {
      at: 8,
      decision: {
        ...market,
        side: 'sell',
        quantity: 10,
        reason: 'Take-profit 10 %: 110.00 reached 108.90, entered at 99.00',
      },
    },
    { at: 8, decision: { ...info, message: 'Flat; waiting for the next crossing' } },
    {
      at: 11,
      decision: {
        ...market,
        side: 'sell',
        quantity: 10,
        reason: 'EMA 2 crossed below EMA 3: 109.38 < 109.65',
      },
    },
    { at: 11, decision: { ...info, message: 'Short 10 at 108.00; stop-loss 113.40, take-profit 97.20' } },
    {
      at: 14,
      decision: {
        ...market,
        side: 'buy',
        quantity: 20,
        reason: 'EMA 2 crossed above EMA 3: 105.53 > 105.46',
      },
    },
    { at: 14, decision: { ...info, message: 'Long 10 at 107.00; stop-loss 101.65, take-profit 117.70' } },
  ])
})

test('long only never sells short: it says why there is no order', () => {
  const params = emaCrossover.params.parse({
    fastLength: 2,
    slowLength: 3,
    stopLossPct: 0,
    takeProfitPct: 0,
    direction: 'long-only',
  })

  const decisions = play(emaCrossover.create(params), [100, 100, 101, 90, 80, 120, 130, 90, 80])
  const orders = decisions.filter(({ decision }) => decision.kind === 'intent')

  expect(
    orders.map(({ at, decision }) => [at, decision.kind === 'intent' && [decision.side, decision.quantity]]),
  ).toEqual([
    [5, ['buy', 10]],
    [7, ['sell', 10]],
  ])
  expect(decisions.map(({ decision }) => decision.kind === 'note' && decision.message)).toContain(
    'EMA 2 crossed below EMA 3: 93.56 < 95.25: no order, nothing to close and long only',
  )
})

test('a stop-loss is taken on the tick that reaches it, inside an unfinished bar', () => {
  const params = emaCrossover.params.parse({
    barUnit: 'seconds',
    barLength: 10,
    fastLength: 2,
    slowLength: 3,
    stopLossPct: 1,
  })
  // Ten ticks a bar: closes 100, 100, 90, then 110 makes the fast average cross above; the next tick but one drops.
  const bars = [100, 100, 90, 110, 110].flatMap((close) => Array.from({ length: 10 }, () => close))
  const decisions = play(emaCrossover.create(params), [...bars.slice(0, 42), 108])
  const orders = decisions.flatMap(({ at, decision }) =>
    decision.kind === 'intent' ? [{ at, reason: decision.reason }] : [],
  )

  expect(orders).toEqual([
    { at: 40, reason: 'EMA 2 crossed above EMA 3: 104.44 > 102.50' },
    { at: 42, reason: 'Stop-loss 1 %: 108.00 reached 108.90, entered at 110.00' },
  ])
})

test('a crossing on the very price of a stop-loss turns the position around, and both reasons are kept', () => {
  const params = { fastLength: 2, slowLength: 3, stopLossPct: 1, takeProfitPct: 0 }
  const turning = [100, 100, 100, 98, 97, 99, 90]
  const last = (settings: object) =>
    play(emaCrossover.create(emaCrossover.params.parse({ ...params, ...settings })), turning)
      .filter(({ at }) => at === 6)
      .map(({ decision }) => decision)
  const stop = 'Stop-loss 1 %: 90.00 reached 98.01, entered at 99.00'
  const crossing = 'EMA 2 crossed below EMA 3: 92.84 < 94.25'

  expect(last({})).toEqual([
    { ...market, side: 'sell', quantity: 20, reason: `${stop}; ${crossing}` },
    { kind: 'note', level: 'info', message: 'Short 10 at 90.00; stop-loss 90.90, take-profit off' },
  ])
  expect(last({ direction: 'long-only' })).toEqual([
    { ...market, side: 'sell', quantity: 10, reason: stop },
    { kind: 'note', level: 'info', message: 'Flat; waiting for the next crossing' },
    { kind: 'note', level: 'info', message: `${crossing}: not acted on, long only` },
  ])
})

test('while an order is on its way nothing else is decided', () => {
  const params = emaCrossover.params.parse({ fastLength: 2, slowLength: 3 })
  const run = emaCrossover.create(params)
  const orders = prices
    .flatMap((price, at) => run.onTick?.({ instrument, price, time: at * 1000 }) ?? [])
    .filter((decision) => decision.kind === 'intent')

  expect(orders.length).toBe(1)
})

test('after a refusal the run decides again', () => {
  const params = emaCrossover.params.parse({ fastLength: 2, slowLength: 3 })
  const run = emaCrossover.create(params)
  const tick = (price: number, at: number) => run.onTick?.({ instrument, price, time: at * 1000 }) ?? []
  prices.slice(0, 6).forEach(tick)

  expect(run.onRejected?.('margin')).toEqual([
    { kind: 'note', level: 'warn', message: 'The order was not filled: margin' },
  ])
  expect(tick(80, 6)).toMatchObject([{ kind: 'intent', side: 'sell', quantity: 10 }])
})
