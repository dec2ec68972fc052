import type { FastifyInstance } from 'fastify'

const slowMs = 1000

/**
 * Logs what was answered: changes and slow answers as `info`, the many quick reads as `debug`. The address is logged
 * without its query, which may hold a request token.
 */
export function logAnswers(app: FastifyInstance): void {
  const isVerbose = app.log.level === 'debug' || app.log.level === 'trace'
  app.addHook('onResponse', (request, reply, done) => {
    const isNotable = request.method !== 'GET' || reply.elapsedTime > slowMs
    if (!isNotable && !isVerbose) return done()
    const device = request.session?.device
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      brokerId: device?.brokerId,
      deviceId: device?.deviceId,
    }
    if (isNotable) request.log.info(facts, 'answered')
    else request.log.debug(facts, 'answered')
    done()
  })
}
