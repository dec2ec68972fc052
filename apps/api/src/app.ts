import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import { endpoints } from '@stratdesk/contracts/endpoints'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { Listener } from '@stratdesk/data/listen'
import { createMarket } from '@stratdesk/data/market'
import { pendingMigrations } from '@stratdesk/data/migrate'
import { createScope } from '@stratdesk/data/scope'
import type { Vault } from '@stratdesk/data/vault'
import type { AccountRequests } from '@stratdesk/engine/requests'
import fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Pool } from 'pg'
import type { RoomDeps } from './app-deps.ts'
import { candleRoutes } from './features/candles/routes.ts'
import { connectionRoutes } from './features/connection/routes.ts'
import { deviceRoutes } from './features/devices/routes.ts'
import { eventRoutes } from './features/events/routes.ts'
import { healthRoutes } from './features/health/routes.ts'
import { instrumentRoutes } from './features/instruments/routes.ts'
import { orderRoutes } from './features/orders/routes.ts'
import { performanceRoutes } from './features/performance/routes.ts'
import { positionRoutes } from './features/positions/routes.ts'
import { runRoutes } from './features/runs/routes.ts'
import { callbackRoute } from './features/session/callback.ts'
import { sessionRoutes } from './features/session/routes.ts'
import { strategyRoutes } from './features/strategies/routes.ts'
import { tradeRoutes } from './features/trades/routes.ts'
import { addressKey } from './http/address-key.ts'
import { createCursors } from './http/cursor.ts'
import { addApiDocs } from './http/docs.ts'
import { answerErrors, answerProblem } from './http/errors.ts'
import { openApiDocument } from './http/openapi.ts'
import { ProblemError } from './http/problem.ts'
import { createRequestIds } from './http/request-id.ts'
import { createRoutes } from './http/route.ts'
import { requireSameOrigin } from './http/same-origin.ts'
import { addSecurityHeaders } from './http/security-headers.ts'
import { EventHub } from './live/event-hub.ts'
import { logAnswers } from './log/answers.ts'
import { createInstrumentRefresh } from './sign-in/instrument-refresh.ts'
import type { BrokerSettings } from './sign-in/kite-login.ts'
import { MemorySessionStore } from './sign-in/memory-session-store.ts'
import { PendingSignIns } from './sign-in/pending-sign-ins.ts'
import { addSessions } from './sign-in/session-plugin.ts'
import type { SessionStore } from './sign-in/session-store.ts'

/** What an application is built from; whoever made a part closes it. */
export interface AppOptions {
  readonly log: FastifyBaseLogger
  readonly version: string
  readonly pool: Pool
  readonly listener: Listener
  readonly vault: Vault
  readonly accountRequests: Pick<AccountRequests, 'request'>
  readonly broker: BrokerSettings
  readonly webOrigin: string
  readonly https: boolean
  readonly trustProxy: readonly string[]
  readonly sessionSecrets: readonly string[]
  readonly sessionMs: number
  readonly sessionIdleMs: number
  readonly signInsPerMinute: number
  readonly sessions?: SessionStore
  readonly now?: () => number
  readonly heartbeatMs?: number
}

/** The API, ready to listen: every hook and every room, in the order in which a request meets them. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { log, pool, webOrigin, https, now = Date.now } = options
  const app = fastify({
    loggerInstance: log,
    disableRequestLogging: true,
    genReqId: createRequestIds(),
    requestIdHeader: false,
    trustProxy: options.trustProxy.length > 0 ? [...options.trustProxy] : false,
    bodyLimit: 64 * 1024,
    exposeHeadRoutes: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void answerProblem(request, reply, error),
  })
  const sessions = options.sessions ?? new MemorySessionStore({ idleMs: options.sessionIdleMs, now })
  const hub = new EventHub({ log, now, ...(options.heartbeatMs ? { heartbeatMs: options.heartbeatMs } : {}) })
  const market = createMarket(pool)
  const scopeFor = (brokerId: BrokerId) => createScope(pool, brokerId)

  app.removeContentTypeParser('text/plain')
  answerErrors(app)
  logAnswers(app)
  await addSecurityHeaders(app, { https })
  await app.register(cors, {
    origin: [webOrigin],
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: 600,
  })

  const routeOutside = createRoutes(app, { scopeOf: (device) => scopeFor(device.brokerId) })
  healthRoutes(routeOutside, {
    database: async () => void (await pool.query('select 1')),
    migrations: async () => {
      const missing = await pendingMigrations(pool)
      if (missing.length > 0) throw new Error(`Not applied: ${missing.join(', ')}`)
    },
    sessions: () => sessions.check(),
  })

  await app.register(async (api) => {
    requireSameOrigin(api, webOrigin)
    await addSessions(api, sessions, { https, secrets: options.sessionSecrets, lifetimeMs: options.sessionMs })
    await api.register(rateLimit, {
      global: false,
      keyGenerator: (request) => request.session?.device?.deviceId ?? addressKey(request.ip),
      errorResponseBuilder: (_request, { ttl }) =>
        new ProblemError('limit-exceeded', 'Too many sign-ins from here; wait a moment', {
          retryAfterSeconds: Math.ceil(ttl / 1000),
        }),
    })
    addApiDocs(api, openApiDocument(endpoints, options.version))

    const deps: RoomDeps = {
      route: createRoutes(api, { scopeOf: (device) => scopeFor(device.brokerId) }),
      broker: options.broker,
      webOrigin,
      https,
      lifetimeMs: options.sessionMs,
      signInsPerMinute: options.signInsPerMinute,
      sessions,
      pending: new PendingSignIns(now),
      vault: options.vault,
      market,
      hub,
      cursors: createCursors(options.sessionSecrets[0] ?? ''),
      accountRequests: options.accountRequests,
      scopeFor,
      refreshInstruments: createInstrumentRefresh({ apiUrl: options.broker.apiUrl, market, log }),
      now,
    }
    sessionRoutes(deps)
    callbackRoute(deps)
    deviceRoutes(deps)
    connectionRoutes(deps)
    strategyRoutes(deps)
    instrumentRoutes(deps)
    runRoutes(deps)
    orderRoutes(deps)
    positionRoutes(deps)
    tradeRoutes(deps)
    performanceRoutes(deps)
    candleRoutes(deps)
    eventRoutes(deps)
  })

  await hub.hear(options.listener)
  app.addHook('preClose', async () => hub.close())
  app.addHook('onClose', async () => sessions.close())
  await app.ready()
  return app
}
