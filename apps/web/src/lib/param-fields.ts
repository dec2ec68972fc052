import { z } from 'zod'

interface FieldText {
  readonly name: string
  readonly title: string
  readonly description: string | null
  readonly unit: string | null
  readonly required: boolean
}

export interface NumberField extends FieldText {
  readonly kind: 'number'
  readonly integer: boolean
  readonly min: number | null
  readonly max: number | null
  readonly step: number | null
  readonly initial: string
}

export interface SelectField extends FieldText {
  readonly kind: 'select'
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly initial: string
}

export interface InstrumentField extends FieldText {
  readonly kind: 'instrument'
  readonly pattern: string | null
  readonly initial: string
}

export interface TextField extends FieldText {
  readonly kind: 'text'
  readonly maxLength: number | null
  readonly pattern: string | null
  readonly initial: string
}

export interface SwitchField extends FieldText {
  readonly kind: 'switch'
  readonly initial: boolean
}

/** One control of the start form. Numbers are held as typed text until the form is sent. */
export type ParamField = NumberField | SelectField | InstrumentField | TextField | SwitchField

/** What the controls hold, by parameter name. */
export type ParamValues = Readonly<Record<string, string | boolean>>

/** A titled set of fields, in the order in which the schema names them. */
export interface ParamGroup {
  readonly title: string
  readonly fields: readonly ParamField[]
}

const Property = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  group: z.string().optional(),
  unit: z.string().optional(),
  widget: z.string().optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
  maxLength: z.int().optional(),
  pattern: z.string().optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  labels: z.record(z.string(), z.string()).optional(),
})
type Property = z.infer<typeof Property>

const ObjectSchema = z.object({
  properties: z.record(z.string(), Property).default({}),
  required: z.array(z.string()).default([]),
})

/** Schemas of whole numbers carry the bounds of exact integers; those say nothing to a trader. */
function bound(value: number | undefined): number | null {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value
}

function titleFromName(name: string): string {
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function toField(name: string, schema: Property, required: boolean): ParamField {
  const text = {
    name,
    title: schema.title ?? titleFromName(name),
    description: schema.description ?? null,
    unit: schema.unit ?? null,
    required,
  }
  const initial = schema.default === undefined ? '' : String(schema.default)
  if (schema.enum) {
    const options = schema.enum.map((value) => ({
      value: String(value),
      label: schema.labels?.[String(value)] ?? String(value),
    }))
    return { ...text, kind: 'select', options, initial }
  }
  if (schema.type === 'boolean') return { ...text, kind: 'switch', initial: schema.default === true }
  if (schema.type === 'integer' || schema.type === 'number') {
    return {
      ...text,
      kind: 'number',
      integer: schema.type === 'integer',
      min: bound(schema.minimum),
      max: bound(schema.maximum),
      step: schema.multipleOf ?? null,
      initial,
    }
  }
  const pattern = schema.pattern ?? null
  if (schema.widget === 'instrument') return { ...text, kind: 'instrument', pattern, initial }
  return { ...text, kind: 'text', maxLength: schema.maxLength ?? null, pattern, initial }
}

/**
 * The start form of a strategy: its JSON Schema (one flat object) as groups of fields.
 * A field without a default is required. Throws when the schema is not an object schema.
 */
export function paramGroups(paramsSchema: unknown): readonly ParamGroup[] {
  const { properties, required } = ObjectSchema.parse(paramsSchema)
  const groups = new Map<string, ParamField[]>()
  for (const [name, property] of Object.entries(properties)) {
    const title = property.group ?? 'Parameters'
    const field = toField(name, property, required.includes(name) || property.default === undefined)
    groups.set(title, [...(groups.get(title) ?? []), field])
  }
  return [...groups].map(([title, fields]) => ({ title, fields }))
}

/** All fields of a form in reading order. */
export function allFields(groups: readonly ParamGroup[]): readonly ParamField[] {
  return groups.flatMap((group) => group.fields)
}

/** The values a form opens with: the defaults, overlaid with those of `params` the form still has. */
export function initialValues(fields: readonly ParamField[], params: Readonly<Record<string, unknown>> = {}) {
  const values: Record<string, string | boolean> = {}
  for (const field of fields) {
    const given = params[field.name]
    if (field.kind === 'switch') values[field.name] = typeof given === 'boolean' ? given : field.initial
    else if (typeof given === 'string' || typeof given === 'number') values[field.name] = String(given)
    else values[field.name] = field.initial
  }
  return values
}

/** What is sent: numbers as numbers, an empty optional field left out so that the server's default holds. */
export function toParams(fields: readonly ParamField[], values: ParamValues): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values[field.name]
    if (value === undefined || value === '') continue
    params[field.name] = field.kind === 'number' && typeof value === 'string' ? Number(value) : value
  }
  return params
}
