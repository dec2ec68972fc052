import { expect, test } from 'vitest'
import { z } from 'zod'
import { findStrategy, strategies } from './catalogue.ts'

test.each(strategies.map((strategy) => [strategy.id, strategy] as const))(
  '%s: its schema carries what a form needs, and its defaults are valid',
  (id, strategy) => {
    const schema = z.toJSONSchema(strategy.params, { io: 'input' })
    expect(schema.type).toBe('object')
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      expect(field, `${id}.${name}`).toMatchObject({
        title: expect.any(String),
        description: expect.any(String),
        group: expect.any(String),
        widget: expect.stringMatching(/^(instrument|select|number|switch)$/),
        default: expect.anything(),
      })
    }
    const params = strategy.params.parse({})
    expect(strategy.instruments(params)).toEqual([expect.stringMatching(/^[A-Z]+:.+$/)])
    expect(strategy.quantity(params)).toBeGreaterThan(0)
  },
)

test('ids are unique and found again; others are not', () => {
  expect(new Set(strategies.map(({ id }) => id)).size).toBe(strategies.length)
  for (const strategy of strategies) expect(findStrategy(strategy.id)).toBe(strategy)
  expect(findStrategy('no-such-strategy')).toBeUndefined()
})

test.each([
  [{ slowLength: 3, fastLength: 3 }, 'slowLength'],
  [{ quantity: -1 }, 'quantity'],
  [{ quantity: 1.5 }, 'quantity'],
  [{ quantity: 1_000_001 }, 'quantity'],
  [{ stopLossPct: Number.NaN }, 'stopLossPct'],
  [{ barUnit: 'days' }, 'barUnit'],
  [{ instrument: 'SPX500' }, 'instrument'],
])('ema-crossover refuses %j at its field', (params, field) => {
  const result = findStrategy('ema-crossover')?.params.safeParse(params)
  expect(result?.error?.issues.map(({ path }) => path)).toEqual([[field]])
})

test('ema-crossover refuses a parameter it does not know', () => {
  expect(findStrategy('ema-crossover')?.params.safeParse({ leverage: 100 }).success).toBe(false)
})
