/** What a check came to: one line of the table. */
export interface Line {
  readonly check: string
  readonly result: 'ok' | 'fault' | 'not tried'
  /** What it saw, or why it was not tried. */
  readonly saw: string
  /** How to put a fault right. */
  readonly fix?: string
}

export function ok(check: string, saw: string): Line {
  return { check, result: 'ok', saw }
}

export function fault(check: string, saw: string, fix: string): Line {
  return { check, result: 'fault', saw, fix }
}

export function notTried(check: string, why: string): Line {
  return { check, result: 'not tried', saw: why }
}

/** `ok` when nothing is wrong, else a fault that names everything that is. */
export function judged(check: string, wrong: readonly string[], right: string, fix: string): Line {
  return wrong.length === 0 ? ok(check, right) : fault(check, wrong.join('; '), fix)
}

/** Makes a check whose failure is a fault as well: what cannot be asked is not in order. */
export async function tried(check: string, fix: string, work: () => Promise<Line>): Promise<Line> {
  try {
    return await work()
  } catch (error) {
    return fault(check, reasonOf(error), fix)
  }
}

/** The code of an error or of what caused it, such as ECONNREFUSED. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return 'code' in error && typeof error.code === 'string' ? error.code : codeOf(error.cause)
}

/** The first line of what an error says, for a row of the table. */
function reasonOf(error: unknown): string {
  return wordsOf(error).split('\n', 1)[0] ?? ''
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : undefined
  const inner = cause && (cause.message || ('code' in cause ? String(cause.code) : ''))
  return inner ? `${error.message}: ${inner}` : error.message
}
