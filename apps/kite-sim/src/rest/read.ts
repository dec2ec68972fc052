import type { z } from 'zod'
import { inputError } from '../kite-error.ts'

/** Parses input by a schema, or throws Kite's InputException naming the first wrong field. */
export function read<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue?.code === 'unrecognized_keys') throw inputError(`Unexpected field \`${issue.keys[0]}\`.`)
  const field = issue?.path.join('.') ?? ''
  throw inputError(field === '' ? 'Invalid request.' : `Missing or invalid \`${field}\`.`)
}
