import type { FieldProblem, ProblemCode } from '@stratdesk/contracts/problem'

interface ProblemDetails {
  readonly fields?: readonly FieldProblem[]
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

/** A refusal that the caller is meant to read; anything else that is thrown answers as `internal`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly fields: readonly FieldProblem[] | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, message: string, details: ProblemDetails = {}) {
    super(message, { cause: details.cause })
    this.code = code
    this.fields = details.fields
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

/** The one answer for an id that does not exist and for one that is another account's. */
export function notFound(): ProblemError {
  return new ProblemError('not-found', 'There is nothing here under that id')
}

/** A request that is wrong in the named fields; nothing was written. */
export function invalidFields(fields: readonly FieldProblem[]): ProblemError {
  return new ProblemError('invalid-request', 'Some fields are not right', { fields })
}

/** No session, or one that has ended. */
export function signedOut(): ProblemError {
  return new ProblemError('signed-out', 'Sign in to go on')
}

/** An act that needs the broker's word for the person again, by a step-up. */
export function reauthRequired(): ProblemError {
  const message = 'This needs a sign-in at the broker in the last 15 minutes: sign in there once more'
  return new ProblemError('reauth-required', message)
}

/** Something the server needs does not answer; the same call is worth repeating a second later. */
export function unavailable(cause?: unknown): ProblemError {
  const message = 'The server cannot do this right now; nothing was changed. Try again in a moment'
  return new ProblemError('unavailable', message, { retryAfterSeconds: 1, cause })
}
