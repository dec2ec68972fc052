import { expect, test } from 'vitest'
import { emaCrossover } from './ema-crossover.ts'
import { play, walk } from './testing.ts'

const variants = [
  {},
  { barLength: 3 },
  { barUnit: 'seconds', barLength: 2 },
  { direction: 'long-only', fastLength: 5, slowLength: 21 },
  { stopLossPct: 0, takeProfitPct: 0 },
]

test.each(variants)('the same prices give the same decisions, whatever the run before: %j', (variant) => {
  const params = emaCrossover.params.parse(variant)
  const prices = walk(7, 400)
  const first = play(emaCrossover.create(params), prices, { stepMs: 700 })

  expect(first.filter(({ decision }) => decision.kind === 'intent').length).toBeGreaterThan(3)
  expect(play(emaCrossover.create(params), prices, { stepMs: 700 })).toEqual(first)
})

test.each(variants)('a snapshot through JSON at any tick continues to the last bit: %j', (variant) => {
  const params = emaCrossover.params.parse(variant)
  for (const seed of [1, 2, 3]) {
    const prices = walk(seed, 150)
    const whole = emaCrossover.create(params)
    const expected = play(whole, prices, { stepMs: 700 })

    for (let cut = 0; cut <= prices.length; cut += 7) {
      const before = emaCrossover.create(params)
      const head = play(before, prices.slice(0, cut), { stepMs: 700 })
      const after = emaCrossover.create(params)
      after.restore(JSON.parse(JSON.stringify(before.snapshot())))
      const tail = play(after, prices.slice(cut), { startAt: cut, stepMs: 700 })

      expect([...head, ...tail]).toEqual(expected)
      expect(after.snapshot()).toEqual(whole.snapshot())
    }
  }
})

test('a run restored between an order and its fill still waits for that fill', () => {
  const params = emaCrossover.params.parse({ fastLength: 2, slowLength: 3 })
  const run = emaCrossover.create(params)
  for (const [at, price] of [100, 100, 100, 98, 97, 99].entries()) {
    run.onTick?.({ instrument: 'SIM:SPX500', price, time: at * 1000 })
  }
  const resumed = emaCrossover.create(params)
  resumed.restore(JSON.parse(JSON.stringify(run.snapshot())))

  expect(resumed.onTick?.({ instrument: 'SIM:SPX500', price: 80, time: 6000 })).toEqual([
    expect.objectContaining({ kind: 'note', level: 'warn' }),
  ])
})

test('a snapshot of something else is refused', () => {
  const run = emaCrossover.create(emaCrossover.params.parse({}))
  expect(() => run.restore({ format: 2 })).toThrow('format')
})
