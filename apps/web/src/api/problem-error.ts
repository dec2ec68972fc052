import { Problem, type FieldProblem, type ProblemCode } from '@stratdesk/contracts/problem'

const plainSentence: Partial<Record<number, string>> = {
  413: 'That was too large to send.',
  429: 'Too many requests. Wait a moment and try again.',
  502: 'The broker could not be reached. Nothing was changed; try again in a moment.',
  503: 'The server is not ready. Nothing was changed; try again in a moment.',
}

/** A refused call: the server's problem, or `unavailable` with an empty request id when it could not be reached. */
export class ProblemError extends Error {
  readonly problem: Problem
  override readonly name = 'ProblemError'

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options)
    this.problem = problem
  }

  get code(): ProblemCode {
    return this.problem.code
  }

  get fields(): readonly FieldProblem[] {
    return this.problem.fields ?? []
  }

  get requestId(): string {
    return this.problem.requestId
  }
}

/** The problem of a call that got no answer. Whether the server acted is unknown, and the sentence says so for writes. */
export function unreachable(isWrite: boolean, cause: unknown): ProblemError {
  const message = isWrite
    ? 'The server could not be reached, so it is not known whether this was done. Look before trying again.'
    : 'The server could not be reached. Check your network; this page tries again by itself.'
  return new ProblemError({ code: 'unavailable', message, requestId: '' }, { cause })
}

/** Reads the problem of a refused reply; anything that is not a problem becomes a plain one. */
export async function readProblem(reply: Response): Promise<ProblemError> {
  const requestId = reply.headers.get('x-request-id') ?? ''
  const parsed = Problem.safeParse(await reply.json().catch(() => null))
  if (parsed.success) return new ProblemError(parsed.data)
  const message =
    plainSentence[reply.status] ?? `The server answered with status ${reply.status} and no reason.`
  const code = reply.status === 401 ? 'signed-out' : reply.status >= 502 ? 'unavailable' : 'internal'
  return new ProblemError({ code, message, requestId })
}

/** A text of the server as a whole sentence: the API's messages are words for any place, without their full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** The sentence to show for anything a call can throw. */
export function problemMessage(error: unknown): string {
  return error instanceof ProblemError
    ? sentence(error.message)
    : 'Something went wrong in this page. Reload it and try again.'
}

/** The server's complaints by form field; a path like `body.apiKey` is about the field `apiKey`. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  return Object.fromEntries(
    error.fields.map(({ path, message }) => [path.split('.').at(-1) ?? path, message]),
  )
}
