import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { unavailable } from '../../http/problem.ts'
import type { EventHub } from '../../live/event-hub.ts'
import type { ReadMetrics } from '../../metrics/all-workers.ts'
import { Metrics } from '../../metrics/metrics.ts'
import { MemorySessionStore } from '../../sign-in/memory-session-store.ts'
import type { SessionStore } from '../../sign-in/session-store.ts'

interface MetricsOptions {
  readonly pool: Pool
  readonly hub: EventHub
  readonly sessions: SessionStore
  /** The numbers of this process; counted all the same when absent. */
  readonly metrics?: Metrics
  /** Reads those of the whole server; those of this process when absent. */
  readonly readMetrics?: ReadMetrics
  /** Whoever has it may read the numbers from anywhere; without it only this machine may. */
  readonly metricsToken?: string | undefined
}

/** Headers by which a proxy tells for whom it asks: then the connection from loopback is not the caller's own. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]
/** An open stream's time would drown the others'. */
const streams = '/api/events'

/**
 * `GET /metrics`, in Prometheus' text format, for this machine and for those who have the token; anybody else is
 * answered as at an unknown address (ASVS 13.4.5: no monitoring endpoint is exposed unless that is meant).
 */
export function metricsRoutes(app: FastifyInstance, options: MetricsOptions): void {
  const { hub, metrics = new Metrics(), metricsToken, pool, sessions } = options
  const { readMetrics = () => metrics.registry.metrics() } = options
  metrics.watchPool(pool)
  metrics.watchStreams(hub)
  if (sessions instanceof MemorySessionStore) metrics.watchSessions(sessions)

  app.addHook('onResponse', (request, reply, done) => {
    const { url = 'unknown' } = request.routeOptions
    const isStream = url === streams && reply.statusCode === 200
    if (!isStream) metrics.answered(request.method, url, reply.statusCode, reply.elapsedTime / 1000)
    done()
  })

  app.get('/metrics', async (request, reply) => {
    if (!isFromHere(request) && !hasToken(request, metricsToken)) return reply.callNotFound()
    const text = await readMetrics().catch((error: unknown) => {
      throw unavailable(error)
    })
    return reply.type(metrics.registry.contentType).send(text)
  })
}

function isFromHere({ headers, socket }: FastifyRequest): boolean {
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(socket.remoteAddress ?? '')
  return isLoopback && proxyHeaders.every((name) => headers[name] === undefined)
}

/** Takes the same time for every wrong token: digests of one length are compared. */
function hasToken({ headers: { authorization = '' } }: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return false
  return timingSafeEqual(hash('sha256', authorization, 'buffer'), hash('sha256', `Bearer ${token}`, 'buffer'))
}
