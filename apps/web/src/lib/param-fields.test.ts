import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { allFields, initialValues, paramGroups, toParams } from './param-fields.ts'

const params = z.object({
  instrument: z
    .string()
    .default('SIM:SPX500')
    .meta({ title: 'Instrument', group: 'Market', widget: 'instrument' }),
  barUnit: z
    .enum(['ticks', 'seconds'])
    .default('ticks')
    .meta({ title: 'Bar unit', group: 'Market', labels: { ticks: 'Ticks', seconds: 'Seconds' } }),
  fastLength: z
    .int()
    .min(2)
    .max(200)
    .default(3)
    .meta({ title: 'Fast length', group: 'Signal', unit: 'bars' }),
  stopLossPct: z.number().min(0).max(50).multipleOf(0.05).default(2).meta({ group: 'Exits', unit: '%' }),
  reenter: z.boolean().default(true).meta({ group: 'Exits' }),
  seed: z.int().meta({ group: 'Exits', description: 'Any whole number' }),
})
const schema = z.toJSONSchema(params, { io: 'input' })

describe('paramGroups', () => {
  test('groups the fields in the order of the schema', () => {
    const groups = paramGroups(schema)
    expect(groups.map((group) => [group.title, group.fields.map((field) => field.name)])).toEqual([
      ['Market', ['instrument', 'barUnit']],
      ['Signal', ['fastLength']],
      ['Exits', ['stopLossPct', 'reenter', 'seed']],
    ])
  })

  test('reads kind, limits, unit, labels and default of each field', () => {
    const fields = allFields(paramGroups(schema))
    expect(fields[0]).toMatchObject({ kind: 'instrument', title: 'Instrument', initial: 'SIM:SPX500' })
    expect(fields[1]).toMatchObject({
      kind: 'select',
      options: [
        { value: 'ticks', label: 'Ticks' },
        { value: 'seconds', label: 'Seconds' },
      ],
    })
    expect(fields[2]).toMatchObject({
      kind: 'number',
      integer: true,
      min: 2,
      max: 200,
      unit: 'bars',
      initial: '3',
    })
    expect(fields[3]).toMatchObject({
      kind: 'number',
      integer: false,
      step: 0.05,
      title: 'Stop loss pct',
    })
    expect(fields[4]).toMatchObject({ kind: 'switch', initial: true })
  })

  test('takes a field without a default as required, and hides the bounds of exact integers', () => {
    const seed = allFields(paramGroups(schema)).find((field) => field.name === 'seed')
    expect(seed).toMatchObject({ required: true, min: null, max: null, initial: '' })
  })

  test('refuses a schema that is not an object', () => {
    expect(() => paramGroups({ properties: 'nothing' })).toThrow(z.ZodError)
  })
})

describe('values', () => {
  const fields = allFields(paramGroups(schema))

  test('open with the defaults', () => {
    expect(initialValues(fields)).toEqual({
      instrument: 'SIM:SPX500',
      barUnit: 'ticks',
      fastLength: '3',
      stopLossPct: '2',
      reenter: true,
      seed: '',
    })
  })

  test('open with the parameters of a past run, ignoring those that no longer exist', () => {
    const values = initialValues(fields, { fastLength: 5, reenter: false, gone: 1, barUnit: null })
    expect(values).toMatchObject({ fastLength: '5', reenter: false, barUnit: 'ticks' })
    expect(values).not.toHaveProperty('gone')
  })

  test('are sent as the types of the schema, leaving out what is empty', () => {
    expect(toParams(fields, { ...initialValues(fields), stopLossPct: '0.5' })).toEqual({
      instrument: 'SIM:SPX500',
      barUnit: 'ticks',
      fastLength: 3,
      stopLossPct: 0.5,
      reenter: true,
    })
  })
})
