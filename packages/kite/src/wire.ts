import * as z from 'zod'
import { decimalOf } from './decimal.ts'
import { parseIst } from './time.ts'

/** Money or a price: a JSON number on the wire, an exact decimal string here. */
export const money = z.number().transform(decimalOf)

/** A price that may be missing: absent, null and '' all mean unknown, which is null and never 0. */
export const moneyOrNull = z.union([money, blank()]).default(null)

/** A count that may be missing. */
export const countOrNull = z.union([z.number(), blank()]).default(null)

/** Text that may be missing or empty. */
export const textOrNull = z
  .string()
  .nullish()
  .transform((text) => (text ? text : null))

/** An IST time without offset, as the instant it means; absent, null, '' and unreadable text are null. */
export const istTimeOrNull = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' ? instantOrNull(value) : null))

/** A list of words; absent is empty. */
export const words = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])

/** An object of snake_case fields that comes out in camelCase; fields not named are dropped, whatever they are. */
export function wireObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.object(shape).transform(camelKeys)
}

type Camel<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Text
type CamelKeys<Row> = { readonly [Key in keyof Row as Key extends string ? Camel<Key> : never]: Row[Key] }

const camelNames = new Map<string, string>()

function camelKeys<Row extends object>(row: Row): CamelKeys<Row> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) out[camel(name)] = value
  // TypeScript cannot follow a rename at run time; `Camel` and `camel` are the same rule, and the shape tests hold them to it.
  return out as CamelKeys<Row>
}

/** The names come from our own shapes, so the cache holds a few dozen entries. */
function camel(name: string): string {
  let found = camelNames.get(name)
  if (found === undefined) {
    found = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    camelNames.set(name, found)
  }
  return found
}

function blank() {
  return z.union([z.null(), z.literal('')]).transform(() => null)
}

function instantOrNull(text: string): Date | null {
  try {
    return parseIst(text)
  } catch {
    return null
  }
}
