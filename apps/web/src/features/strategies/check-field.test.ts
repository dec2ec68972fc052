import { describe, expect, test } from 'vitest'
import { checkAll, checkField } from './check-field.ts'
import type { NumberField, SelectField } from '../../lib/param-fields.ts'

const text = { title: 'Length', description: null, unit: null, required: true }
const length: NumberField = {
  ...text,
  name: 'length',
  kind: 'number',
  integer: true,
  min: 2,
  max: 1_00_000,
  step: null,
  initial: '3',
}
const percent: NumberField = { ...length, name: 'percent', integer: false, min: 0, max: null, step: 0.05 }
const unit: SelectField = {
  ...text,
  name: 'unit',
  kind: 'select',
  options: [{ value: 'ticks', label: 'Ticks' }],
  initial: 'ticks',
}

describe('checkField', () => {
  test.each(['2', '100000', ' 7 '])('accepts the whole number %j in range', (value) => {
    expect(checkField(length, value)).toBeNull()
  })

  test.each([
    ['', 'Enter a whole number'],
    ['  ', 'Enter a whole number'],
    ['-', 'Enter a number'],
    ['NaN', 'Enter a number'],
    ['Infinity', 'Enter a number'],
    ['1e3', 'Enter a number'],
    ['0x10', 'Enter a number'],
    ['2.5', 'Enter a whole number'],
    ['1', 'Must be from 2 to 1,00,000'],
    ['100001', 'Must be from 2 to 1,00,000'],
  ])('says of %j: %s', (value, message) => {
    expect(checkField(length, value)).toBe(message)
  })

  test('compares steps that are not exact in binary', () => {
    expect(checkField(percent, '0.15')).toBeNull()
    expect(checkField(percent, '1000000.35')).toBeNull()
    expect(checkField(percent, '0.17')).toBe('Must be a multiple of 0.05')
    expect(checkField(percent, '-0.05')).toBe('Must be 0 or more')
  })

  test('lets an optional field be empty', () => {
    expect(checkField({ ...length, required: false }, '')).toBeNull()
  })

  test('accepts only what the list has', () => {
    expect(checkField(unit, 'ticks')).toBeNull()
    expect(checkField(unit, 'hours')).toBe('Choose one of the list')
  })

  test('wants an instrument with its exchange', () => {
    const field = {
      ...text,
      name: 'instrument',
      kind: 'instrument',
      pattern: '^[A-Z]+:.+$',
      initial: '',
    } as const
    expect(checkField(field, 'SIM:SPX500')).toBeNull()
    expect(checkField(field, 'NSE:M&M')).toBeNull()
    expect(checkField(field, 'spx')).toBe('Choose an instrument from the list')
  })
})

test('checkAll names each field that cannot be sent', () => {
  expect(checkAll([length, percent, unit], { length: '1', percent: '2', unit: 'x' })).toEqual({
    length: 'Must be from 2 to 1,00,000',
    unit: 'Choose one of the list',
  })
})
