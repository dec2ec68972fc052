import { plainNumber } from './money.ts'
import { allFields, type ParamField, paramGroups } from './param-fields.ts'

/** A parameter as a line of text. */
export interface ParamLine {
  readonly name: string
  readonly title: string
  readonly value: string
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function valueText(field: ParamField | undefined, value: unknown): string {
  if (value === undefined || value === null || value === '') return '—'
  if (field?.kind === 'select') {
    return field.options.find((option) => option.value === plainText(value))?.label ?? plainText(value)
  }
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  const text = typeof value === 'number' ? plainNumber(value) : plainText(value)
  if (field?.unit == null) return text
  return field.unit === '%' ? `${text} %` : `${text} ${field.unit}`
}

/**
 * Parameters as a trader reads them, in the order of the schema, with its titles, labels and units. Parameters the
 * schema does not know (of an older version of the strategy) follow under their own names.
 */
export function paramLines(
  paramsSchema: unknown,
  params: Readonly<Record<string, unknown>>,
): readonly ParamLine[] {
  const fields = allFields(paramGroups(paramsSchema))
  const known = fields
    .filter((field) => field.name in params)
    .map((field) => ({ name: field.name, title: field.title, value: valueText(field, params[field.name]) }))
  const others = Object.entries(params)
    .filter(([name]) => !fields.some((field) => field.name === name))
    .map(([name, value]) => ({ name, title: name, value: valueText(undefined, value) }))
  return [...known, ...others]
}
