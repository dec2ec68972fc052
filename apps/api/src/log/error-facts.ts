const causesMax = 5

/** What the log keeps of an error: its words, code, place and causes. Other fields may hold connections or secrets. */
export function errorFacts(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const inner = cause !== undefined && depth < causesMax ? { cause: errorFacts(cause, depth + 1) } : {}
  return { name, message, ...code, stack, ...inner }
}
