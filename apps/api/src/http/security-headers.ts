import helmet from '@fastify/helmet'
import fastify, { type FastifyInstance } from 'fastify'

/** The policy of answers that are data: nothing in them may load, run, be framed or be sent. */
const dataOnly = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}

/**
 * Helmet's headers and `no-store`, for every answer. Helmet builds the same strings for each request anew, which
 * halves the speed of an empty route; so they are taken from it once, here.
 */
export async function securityHeaders(options: { readonly https: boolean }): Promise<Record<string, string>> {
  return { ...(await helmetHeaders({ ...options, directives: dataOnly })), 'cache-control': 'no-store' }
}

/** Puts headers on every answer that a request's hooks come to, failures included. */
export function addHeaders(app: FastifyInstance, headers: Readonly<Record<string, string>>): void {
  const list = Object.entries(headers)
  app.addHook('onRequest', (_request, reply, done) => {
    for (const [name, value] of list) reply.header(name, value)
    done()
  })
}

/** Helmet's headers for a policy of content; over https browsers are asked to stay there. */
export async function helmetHeaders({
  https,
  directives,
}: {
  readonly https: boolean
  readonly directives: Readonly<Record<string, string[]>>
}): Promise<Record<string, string>> {
  const probe = fastify()
  const bare = new Set(Object.keys((await probe.inject('/')).headers))
  const app = fastify()
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  })
  const { headers } = await app.inject('/')
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && !bare.has(name) ? [[name, value]] : [],
    ),
  )
}
