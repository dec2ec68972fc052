import { z } from 'zod'

/** Every way a call can be refused. Anything else is `internal`, a bug to be fixed. */
const ProblemCode = z.enum([
  'invalid-request',
  'signed-out',
  'reauth-required',
  'cross-origin',
  'not-found',
  'conflict',
  'payload-too-large',
  'unsupported-media-type',
  'misdirected',
  'broker-refused',
  'limit-exceeded',
  'internal',
  'broker-unavailable',
  'unavailable',
])
export type ProblemCode = z.infer<typeof ProblemCode>

/** The HTTP status of each code. */
export const problemStatus: Readonly<Record<ProblemCode, number>> = {
  'invalid-request': 400,
  'signed-out': 401,
  'reauth-required': 403,
  'cross-origin': 403,
  'not-found': 404,
  conflict: 409,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  misdirected: 421,
  'broker-refused': 422,
  'limit-exceeded': 429,
  internal: 500,
  'broker-unavailable': 502,
  unavailable: 503,
}

/** A dotted path into the request (`params.fastLength`, `query.limit`) and a plain sentence about it. */
export const FieldProblem = z.object({ path: z.string(), message: z.string() })
export type FieldProblem = z.infer<typeof FieldProblem>

/** The body of every refusal, sent as `application/problem+json` (after RFC 9457). */
export const Problem = z.object({
  code: ProblemCode,
  message: z.string(),
  requestId: z.string(),
  fields: z.array(FieldProblem).optional(),
})
export type Problem = z.infer<typeof Problem>
