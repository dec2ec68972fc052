import { z } from 'zod'

type JsonSchema = { readonly [key: string]: unknown }

/** Keywords that say how to check a value; a serialiser only needs to know its shape. */
const checks: ReadonlySet<string> = new Set([
  '$schema',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'propertyNames',
  'enum',
  'const',
  'title',
  'description',
  'default',
])

/**
 * The JSON schema from which Fastify builds the serialiser of a reply. Fields that the schema does not name are left
 * out of the answer and a missing required one is an error, so nothing but the contract can leave. `X | null` is said
 * as `nullable`, which fast-json-stringify compiles to one test instead of a validator.
 */
export function serializerSchema(schema: z.ZodType): JsonSchema {
  return shapeOf(z.toJSONSchema(schema, { io: 'output', target: 'draft-7', reused: 'inline' }))
}

function shapeOf(node: JsonSchema): JsonSchema {
  const { anyOf } = node
  if (Array.isArray(anyOf)) {
    const others = anyOf.filter(isSchema).filter((option) => option['type'] !== 'null')
    const [only] = others
    if (others.length === 1 && only !== undefined) {
      return { ...shapeOf(only), ...(anyOf.length > 1 ? { nullable: true } : {}) }
    }
  }
  const shape: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(node)) {
    if (checks.has(key)) continue
    if (key === 'properties' && isSchema(value)) {
      shape[key] = Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, isSchema(part) ? shapeOf(part) : part]),
      )
    } else if ((key === 'items' || key === 'additionalProperties') && isSchema(value)) {
      shape[key] = Object.keys(value).length === 0 ? key === 'additionalProperties' || {} : shapeOf(value)
    } else shape[key] = value
  }
  return shape
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
