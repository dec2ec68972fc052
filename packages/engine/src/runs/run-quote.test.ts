import { expect, test } from 'vitest'
import { contextAt, order, quoteAt, runOf } from '../testing/fake-run.ts'
import { runQuote, takeCheckpoints } from './run-quote.ts'

test('an order fills at the quote it was decided on, and the strategy hears of it', () => {
  const heard: unknown[] = []
  const run = runOf({
    onTick: () => [order('buy', 4)],
    onFill: (fill) => {
      heard.push(fill)
      return [{ kind: 'note', level: 'info', message: 'I am in' }]
    },
  })
  const context = contextAt()
  runQuote(run, quoteAt(5), context)

  expect(heard).toEqual([{ instrument: 'SIM:X', side: 'buy', quantity: 4, price: 100.1, time: 5000 }])
  expect(context.batch.filled).toMatchObject([
    { seq: 1, side: 'buy', quantity: 4, price: '100.1', refusal: null },
  ])
  expect(context.batch.logs.map(({ message }) => message)).toEqual([
    'Bought 4 SIM:X at 100.1, charges 0.17: buy it',
    'I am in',
  ])
  expect(run).toMatchObject({ nextSeq: 2, lots: [{ side: 'long', remaining: 4 }] })
})

test('a quote that was seen is not shown to the strategy again', () => {
  const times: number[] = []
  const run = runOf({
    onTick: ({ time }) => {
      times.push(time)
      return []
    },
  })
  for (const second of [1, 2, 2, 1, 3]) runQuote(run, quoteAt(second), contextAt())
  expect(times).toEqual([1000, 2000, 3000])
})

test('an old price opens nothing, but still closes, also the part of an order that would turn the position', () => {
  const refusals: string[] = []
  const fills: number[] = []
  let wish = order('buy', 4)
  const run = runOf({
    onTick: () => [wish],
    onFill: ({ quantity }) => {
      fills.push(quantity)
      return []
    },
    onRejected: (reason) => {
      refusals.push(reason)
      return []
    },
  })
  const late = contextAt(8000)
  runQuote(run, quoteAt(1), late)
  expect(refusals).toEqual(['the price was 7 s old'])
  expect(late.batch.refused).toMatchObject([{ seq: 1, refusal: 'the price was 7 s old' }])
  expect(run.lots).toEqual([])

  runQuote(run, quoteAt(8), contextAt(8000))
  wish = order('sell', 3)
  runQuote(run, quoteAt(9), contextAt(20_000))
  expect(run.lots).toMatchObject([{ remaining: 1 }])
  wish = order('sell', 5)
  const turned = contextAt(20_000)
  runQuote(run, quoteAt(10), turned)
  expect(run.lots).toEqual([])
  expect(turned.batch.filled).toMatchObject([{ seq: 4, side: 'sell', quantity: 1, refusal: null }])
  expect(turned.batch.refused).toMatchObject([{ seq: 5, side: 'sell', quantity: 4 }])
  expect(fills).toEqual([4, 3, 1])
  expect(refusals).toEqual(['the price was 7 s old', 'the price was 10 s old'])
})

test.each([
  [
    'throws',
    () => ({
      onTick: () => {
        throw new Error('out of range')
      },
    }),
    'The strategy failed: out of range',
  ],
  [
    'wants half a share',
    () => ({ onTick: () => [order('buy', 0.5)] }),
    'The strategy failed: it wants to buy 0.5 SIM:X',
  ],
  [
    'wants more than can be counted',
    () => ({ onTick: () => [order('buy', 2_147_483_648)] }),
    'The strategy failed: it wants to buy 2147483648 SIM:X',
  ],
  [
    'answers its own fills without end',
    () => ({ onTick: () => [order('buy', 1)], onFill: () => [order('buy', 1)] }),
    /^The strategy failed: more than 50 decisions on one price. Its position was left open: long \d+ SIM:X$/,
  ],
])('a strategy that %s fails its run', (_name, strategy, reason) => {
  const run = runOf(strategy())
  const { batch, ...context } = contextAt()
  runQuote(run, quoteAt(1), { batch, ...context })
  runQuote(run, quoteAt(2), { batch, ...context })

  expect(run.phase).toBe('ended')
  expect(batch.statuses).toEqual([
    {
      runId: 'run',
      status: 'failed',
      reason: reason instanceof RegExp ? expect.stringMatching(reason) : reason,
    },
  ])
})

test('a strategy that cannot tell its state fails its run when the checkpoint is taken', () => {
  const run = runOf({
    onTick: () => [],
    snapshot: () => {
      throw new Error('amnesia')
    },
  })
  const context = contextAt()
  runQuote(run, quoteAt(1), context)
  takeCheckpoints(context.batch)

  expect(context.batch.checkpoints).toEqual([])
  expect(context.batch.statuses).toMatchObject([{ status: 'failed', reason: 'The strategy failed: amnesia' }])
})

test('a gap is said once, after an interruption only', () => {
  const run = runOf({ onTick: () => [] })
  const lines = (second: number) => {
    const context = contextAt()
    runQuote(run, quoteAt(second), context)
    return context.batch.logs.map(({ message }) => message)
  }

  expect(lines(0)).toEqual([])
  expect(lines(600)).toEqual([])
  run.mayHaveGap.add(257)
  expect(lines(605)).toEqual([])
  run.mayHaveGap.add(257)
  expect(lines(1200)).toEqual([
    'No prices of SIM:X were seen from 1970-01-01 05:40:05 to 1970-01-01 05:50:00 IST',
  ])
})

test('a clock that went back by more than a minute is believed on a new connection only, and said', () => {
  const times: number[] = []
  const onTick = ({ time }: { time: number }) => {
    times.push(time / 1000)
    return []
  }
  const run = { ...runOf({ onTick }), loadedAtMs: 50_000 }
  const lines = (second: number, receivedAtMs: number) => {
    const context = contextAt()
    runQuote(run, quoteAt(second, { receivedAtMs }), context)
    return context.batch.logs.map(({ message }) => message)
  }
  lines(9000, 60_000)
  lines(100, 61_000)
  run.mayHaveGap.add(257)
  lines(8990, 62_000)
  lines(101, 49_000)
  expect(times).toEqual([9000])

  expect(lines(102, 63_000)).toEqual([
    "The exchange's clock of SIM:X went back from 1970-01-01 08:00:00 to 1970-01-01 05:31:42 IST",
  ])
  lines(103, 64_000)
  expect(times).toEqual([9000, 102, 103])
})

test('a price that the exchange made long ago opens nothing and flattens nothing, however new it came', () => {
  const run = runOf({ onTick: () => [order('buy', 4)] })
  const evening = 6 * 3_600_000
  const resent = contextAt(evening, 60_000)
  runQuote(run, quoteAt(3600, { receivedAtMs: evening }), resent)
  expect(run.lots).toEqual([])
  expect(resent.batch.refused).toMatchObject([
    { refusal: 'the price is of 1970-01-01 06:30:00 IST: the market may be closed' },
  ])

  const live = contextAt(evening, 60_000)
  runQuote(run, quoteAt(6 * 3600 - 2, { receivedAtMs: evening }), live)
  expect(live.batch.filled).toMatchObject([{ quantity: 4 }])
  run.phase = 'flatten'
  const later = contextAt(2 * evening, 60_000)
  runQuote(run, quoteAt(6 * 3600 - 1, { receivedAtMs: 2 * evening }), later)
  expect(later.batch.statuses).toEqual([])
  runQuote(run, quoteAt(12 * 3600, { receivedAtMs: 2 * evening }), later)
  expect(later.batch.statuses).toMatchObject([{ status: 'stopped' }])
})
