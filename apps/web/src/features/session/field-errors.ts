import { ProblemError } from '../../api/problem-error.ts'

/** The server's complaints by form field; a path like `body.apiKey` is about the field `apiKey`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  return Object.fromEntries(
    error.fields.map(({ path, message }) => [path.split('.').at(-1) ?? path, message]),
  )
}
