import type { FastifyInstance, FastifyRequest } from 'fastify'
import { KiteError, tokenError } from '../kite-error.ts'
import type { Sessions } from '../sessions.ts'

/** Kite's envelope of a good answer. */
export const success = <T>(data: T): { status: 'success'; data: T } => ({ status: 'success', data })

/** The caller, as the header `Authorization: token api_key:access_token` proves; throws TokenException otherwise. */
export function signedIn(request: FastifyRequest, sessions: Sessions): Caller {
  const [, apiKey = '', accessToken = ''] =
    /^token ([^:]+):(.+)$/.exec(request.headers.authorization ?? '') ?? []
  const userId = sessions.userOf(apiKey, accessToken)
  if (userId === undefined) throw tokenError()
  return { userId, apiKey, accessToken }
}

/** Who calls, through which app. */
export interface Caller {
  readonly userId: string
  readonly apiKey: string
  readonly accessToken: string
}

/** Form bodies, and every error in Kite's envelope with its HTTP status. */
export function setUpPlumbing(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  app.addHook('onRequest', (request, _reply, done) => {
    const version = request.headers['x-kite-version']
    done(
      version === undefined || version === '3'
        ? undefined
        : new KiteError(400, 'InputException', 'Invalid `X-Kite-Version`.'),
    )
  })
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(failure('GeneralException', 'Route not found')),
  )
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof KiteError) return reply.code(error.status).send(failure(error.type, error.message))
    const status = error.statusCode ?? 500
    if (status < 500) return reply.code(status).send(failure('InputException', error.message))
    process.stderr.write(`kite-sim: ${error.stack ?? error.message}\n`)
    return reply.code(500).send(failure('GeneralException', 'The simulator failed.'))
  })
}

const failure = (type: string, message: string) =>
  ({ status: 'error', message, error_type: type, data: null }) as const
