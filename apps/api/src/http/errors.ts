import { problemStatus, type Problem, type ProblemCode } from '@stratdesk/contracts/problem'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseDown } from './database-down.ts'
import { notFound, ProblemError, unavailable } from './problem.ts'

const internal = 'Something went wrong on the server. Nothing more is known; quote the request id'

/** What Fastify's own errors mean to a caller, by their code; other 4xx of Fastify are `invalid-request`. */
const frameworkProblems: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload-too-large', 'The body is larger than 64 KiB'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send JSON as application/json'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['invalid-request', 'The body is empty'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['invalid-request', 'The body is not JSON'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid-request', 'The body is not as long as it says'],
  FST_ERR_MAX_PARAM_LENGTH: ['not-found', notFound().message],
  FST_ERR_BAD_URL: ['invalid-request', 'The address is malformed'],
}

/** Installs the one handler that answers every failure, and the answer to an unknown address. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => answerProblem(request, reply, error))
  app.setNotFoundHandler((request, reply) =>
    answerProblem(request, reply, new ProblemError('not-found', 'There is nothing at this address')),
  )
}

/** Answers with the Problem an error means, as `application/problem+json`; driver texts stay in the log. */
export function answerProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const problem = problemOf(error)
  if (problem.code === 'internal') request.log.error({ err: error }, 'request failed')
  else if (problem.code === 'unavailable' || problem.code === 'broker-unavailable')
    request.log.warn({ err: error }, 'request could not be served')
  const body: Problem = {
    code: problem.code,
    message: problem.message,
    requestId: request.id,
    ...(problem.fields ? { fields: [...problem.fields] } : {}),
  }
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds)
  return reply
    .code(problemStatus[problem.code])
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(body))
}

function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (isDatabaseDown(error)) return unavailable(error)
  const { code, statusCode } = factsOf(error)
  const known = frameworkProblems[code]
  if (known) return new ProblemError(known[0], known[1], { cause: error })
  if (statusCode === 503) return unavailable(error)
  if (statusCode >= 400 && statusCode < 500) {
    return new ProblemError('invalid-request', 'The request is malformed', { cause: error })
  }
  return new ProblemError('internal', internal, { cause: error })
}

function factsOf(error: unknown): { code: string; statusCode: number } {
  const facts = { code: '', statusCode: 0 }
  if (!(error instanceof Error)) return facts
  if ('code' in error && typeof error.code === 'string') facts.code = error.code
  if ('statusCode' in error && typeof error.statusCode === 'number') facts.statusCode = error.statusCode
  return facts
}
