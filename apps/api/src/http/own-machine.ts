import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopback } from '../loopback.ts'
import { ProblemError } from './problem.ts'

/**
 * Refuses every call that does not come from this machine's own browsers: by another name than one of loopback, or through
 * a proxy. For a server that was told no address: its cookies are good for nobody else.
 */
export function requireOwnMachine(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (isOwn(request)) done()
    else done(new ProblemError('misdirected', 'This server is for its own machine until WEB_ORIGIN is set'))
  })
}

/** What proxies add to a request. */
const ofProxy = /^(?:x-forwarded-.*|forwarded|x-real-ip|via)$/

function isOwn({ headers }: FastifyRequest): boolean {
  const { host = '', origin } = headers
  if (!isLoopback(`http://${host}`) || Object.keys(headers).some((name) => ofProxy.test(name))) return false
  // Some proxies add nothing and ask by their own name for the server; a page's own address stays.
  return origin === undefined || origin === 'null' || isLoopback(origin)
}
