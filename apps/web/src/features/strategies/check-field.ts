import { plainNumber } from '../../lib/money.ts'
import type { NumberField, ParamField, ParamValues } from '../../lib/param-fields.ts'

function rangeMessage({ min, max }: NumberField): string {
  if (min !== null && max !== null) return `Must be from ${plainNumber(min)} to ${plainNumber(max)}`
  if (min !== null) return `Must be ${plainNumber(min)} or more`
  return `Must be ${plainNumber(max ?? 0)} or less`
}

/** Steps such as 0.05 are not exact in binary, so the quotient is compared with a tolerance. */
function isMultiple(value: number, step: number): boolean {
  const quotient = value / step
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient))
}

function checkNumber(field: NumberField, text: string): string | null {
  const value = Number(text)
  if (!/^-?(\d+(\.\d*)?|\.\d+)$/.test(text) || !Number.isFinite(value)) return 'Enter a number'
  if (field.integer && !Number.isInteger(value)) return 'Enter a whole number'
  if ((field.min !== null && value < field.min) || (field.max !== null && value > field.max)) {
    return rangeMessage(field)
  }
  if (field.step !== null && !isMultiple(value, field.step))
    return `Must be a multiple of ${plainNumber(field.step)}`
  return null
}

function hasPattern({ pattern }: { readonly pattern: string | null }, value: string): boolean {
  return pattern === null || new RegExp(pattern, 'u').test(value)
}

function emptyMessage(field: ParamField): string {
  switch (field.kind) {
    case 'number':
      return field.integer ? 'Enter a whole number' : 'Enter a number'
    case 'instrument':
      return 'Choose an instrument'
    case 'select':
      return 'Choose one'
    case 'text':
    case 'switch':
      return 'Enter a value'
  }
}

/** Why a value cannot be sent, or null. Rules between fields are the server's to tell. */
export function checkField(field: ParamField, value: string | boolean | undefined): string | null {
  if (field.kind === 'switch') return null
  if (typeof value !== 'string' || value.trim() === '') return field.required ? emptyMessage(field) : null
  switch (field.kind) {
    case 'number':
      return checkNumber(field, value.trim())
    case 'select':
      return field.options.some((option) => option.value === value) ? null : 'Choose one of the list'
    case 'text':
      if (field.maxLength !== null && value.length > field.maxLength) {
        return `Must be ${field.maxLength} characters or fewer`
      }
      return hasPattern(field, value) ? null : 'Is not in the form this needs'
    case 'instrument':
      return hasPattern(field, value) ? null : 'Choose an instrument from the list'
  }
}

/** The first complaint of each field, by name; empty when the form can be sent. */
export function checkAll(fields: readonly ParamField[], values: ParamValues): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const message = checkField(field, values[field.name])
    if (message !== null) errors[field.name] = message
  }
  return errors
}
