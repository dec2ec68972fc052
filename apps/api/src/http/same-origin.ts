import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ProblemError } from './problem.ts'

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses unsafe methods that another site's page could have sent: they need `Sec-Fetch-Site: same-origin` or exactly
 * the web app's Origin. Callers that are no browser send neither header; with a cookie they are refused too.
 */
export function requireSameOrigin(app: FastifyInstance, webOrigin: string): void {
  app.addHook('onRequest', (request, _reply, done) => {
    if (safeMethods.has(request.method) || isOwn(request, webOrigin)) done()
    else done(new ProblemError('cross-origin', 'This call may only be made from the web app itself'))
  })
}

function isOwn(request: FastifyRequest, webOrigin: string): boolean {
  const { origin, cookie, 'sec-fetch-site': site } = request.headers
  if (site === 'same-origin') return true
  if (origin !== undefined) return origin === webOrigin
  return site === undefined && cookie === undefined
}
