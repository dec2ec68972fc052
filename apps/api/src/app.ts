import cors from '@fastify/cors'
import { endpoints } from '@stratdesk/contracts/endpoints'
import type { BrokerId } from '@stratdesk/data/broker-id'
import type { Listener } from '@stratdesk/data/listen'
import { createMarket } from '@stratdesk/data/market'
import { pendingMigrations } from '@stratdesk/data/migrate'
import { createPendingSignInTable } from '@stratdesk/data/pending-sign-ins'
import { createScope } from '@stratdesk/data/scope'
import type { Vault } from '@stratdesk/data/vault'
import type { AccountRequests } from '@stratdesk/engine/requests'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import { AccountGate } from './account/account-gate.ts'
import type { RoomDeps } from './app-deps.ts'
import { aboutRoutes } from './features/about/routes.ts'
import type { Build } from './features/about/build.ts'
import { auditRoutes } from './features/audit/routes.ts'
import { candleRoutes } from './features/candles/routes.ts'
import { connectionRoutes } from './features/connection/routes.ts'
import { deviceRoutes } from './features/devices/routes.ts'
import { eventRoutes } from './features/events/routes.ts'
import { healthRoutes, type ReadinessCheck } from './features/health/routes.ts'
import { instrumentRoutes } from './features/instruments/routes.ts'
import { metricsRoutes } from './features/metrics/routes.ts'
import { orderRoutes } from './features/orders/routes.ts'
import { performanceRoutes } from './features/performance/routes.ts'
import { positionRoutes } from './features/positions/routes.ts'
import { runRoutes } from './features/runs/routes.ts'
import { callbackRoute } from './features/session/callback.ts'
import { sessionRoutes } from './features/session/routes.ts'
import { signInRoutes } from './features/session/sign-in.ts'
import { strategyRoutes } from './features/strategies/routes.ts'
import { tradeRoutes } from './features/trades/routes.ts'
import { answerClientErrors } from './http/client-errors.ts'
import { createCursors } from './http/cursor.ts'
import { addApiDocs } from './http/docs.ts'
import { answerErrors, answerProblem } from './http/errors.ts'
import { openApiDocument } from './http/openapi.ts'
import { createRequestIds } from './http/request-id.ts'
import { type AddRoute, createRoutes } from './http/route.ts'
import { requireOwnMachine } from './http/own-machine.ts'
import { requireSameOrigin } from './http/same-origin.ts'
import { addHeaders, securityHeaders } from './http/security-headers.ts'
import { EventHub } from './live/event-hub.ts'
import { logAnswers } from './log/answers.ts'
import type { ReadMetrics } from './metrics/all-workers.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Finding } from './registry/findings.ts'
import type { DeviceSession } from './sign-in/device-session.ts'
import { createInstrumentRefresh } from './sign-in/instrument-refresh.ts'
import { addKnownDevices } from './sign-in/known-device.ts'
import type { BrokerSettings } from './sign-in/kite-login.ts'
import { MemorySessionStore } from './sign-in/memory-session-store.ts'
import { PendingSignIns } from './sign-in/pending-sign-ins.ts'
import { addSessions } from './sign-in/session-plugin.ts'
import type { SessionStore } from './sign-in/session-store.ts'
import { addSignInLimits, type SpendSignIn } from './sign-in/sign-in-limits.ts'
import { serveWeb } from './web/serve-web.ts'

/** What an application is built from; whoever made a part closes it. */
export interface AppOptions {
  readonly log: FastifyBaseLogger
  readonly version: string
  /** Without one the server tells of no commit and of no proof. */
  readonly build?: Build
  readonly pool: Pool
  readonly listener: Listener
  readonly vault: Vault
  readonly accountRequests: Pick<AccountRequests, 'request'>
  readonly broker: BrokerSettings
  readonly webOrigin: string
  /** Answers only this machine's own browsers. */
  readonly ownMachineOnly?: boolean
  /** The built web app to serve; without it another server has it. */
  readonly webDir?: string | undefined
  readonly https: boolean
  readonly trustProxy: readonly string[]
  readonly sessionSecrets: readonly string[]
  readonly sessionMs: number
  readonly sessionIdleMs: number
  readonly signInsPerMinute: number
  readonly signInsPerAccount: number
  readonly sessions?: SessionStore
  /** Where the limits of sign-ins are counted; without it this process counts for itself. */
  readonly redis?: Redis | undefined
  readonly now?: () => number
  readonly heartbeatMs?: number
  /** What does not fit together among the processes of the server, for readiness. */
  readonly findings?: () => readonly Finding[]
  readonly metrics?: Metrics
  /** Reads the numbers of the whole server; those of this process when absent. */
  readonly readMetrics?: ReadMetrics
  readonly metricsToken?: string | undefined
  /** Told of every route. */
  readonly onRoute?: (route: { readonly method: string | readonly string[]; readonly url: string }) => void
}

/** The API, ready to listen: every hook and every room, in the order in which a request meets them. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const { log, pool, webOrigin, https, now = Date.now } = options
  const headers = await securityHeaders({ https })
  const app = fastify(serverOptions(options, headers))
  const sessions = options.sessions ?? new MemorySessionStore({ idleMs: options.sessionIdleMs, now })
  const hub = new EventHub({
    log,
    sessions,
    now,
    ...(options.heartbeatMs ? { heartbeatMs: options.heartbeatMs } : {}),
  })

  const gate = new AccountGate({
    log,
    pool,
    sessions,
    hub,
    allowedBrokerIds: options.broker.allowedBrokerIds,
  })

  if (options.onRoute) app.addHook('onRoute', options.onRoute)
  app.removeContentTypeParser('text/plain')
  answerErrors(app)
  logAnswers(app)
  addHeaders(app, headers)
  if (options.ownMachineOnly) requireOwnMachine(app)
  await app.register(cors, { origin: [webOrigin], credentials: true, methods, exposedHeaders, maxAge: 600 })

  const scopeFor = (brokerId: BrokerId) => createScope(pool, brokerId)
  const scopeOf = (device: DeviceSession) => scopeFor(device.brokerId)
  metricsRoutes(app, { ...options, sessions, hub })
  const { findings = () => [] } = options
  healthRoutes(createRoutes(app, { scopeOf, now }), readinessChecks(pool, sessions), findings)

  await app.register(async (api) => {
    requireSameOrigin(api, webOrigin)
    const admits = (brokerId: string) => gate.admits(brokerId)
    const settings = { https, secrets: options.sessionSecrets, lifetimeMs: options.sessionMs, admits }
    const endedBecause = await addSessions(api, sessions, settings)
    addKnownDevices(api, settings)
    const perAccount = options.signInsPerAccount
    const spendSignIn = await addSignInLimits(api, { perAccount, redis: options.redis })
    addApiDocs(api, openApiDocument(endpoints, options.version))
    const route = createRoutes(api, { scopeOf, endedBecause, now })
    addRooms(route, { ...options, sessions, hub, spendSignIn, scopeFor, now })
  })

  if (options.webDir) await serveWeb(app, { dir: options.webDir, https })
  await Promise.all([hub.hear(options.listener), gate.hear(options.listener)])
  app.addHook('preClose', async () => {
    hub.close()
    // Whoever is still downloading then cannot hold up the end.
    setTimeout(() => app.server.closeAllConnections(), patienceMs).unref()
  })
  app.addHook('onClose', async () => sessions.close())
  await app.ready()
  return app
}

/** How the server takes requests. */
function serverOptions(
  { log, trustProxy }: AppOptions,
  headers: Readonly<Record<string, string>>,
): FastifyServerOptions {
  const nextRequestId = createRequestIds()
  return {
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: nextRequestId,
    requestIdHeader: false,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    bodyLimit: 64 * 1024,
    exposeHeadRoutes: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // No longer than Node lets an address be: every id that is none gets the same answer.
    routerOptions: { maxParamLength: 16 * 1024 },
    // These meet no hook, so they get the headers here.
    frameworkErrors: (error, request, reply) => void answerProblem(request, reply.headers(headers), error),
    clientErrorHandler: answerClientErrors({ log, headers, nextRequestId }),
  }
}

interface RoomParts extends AppOptions {
  readonly sessions: SessionStore
  readonly spendSignIn: SpendSignIn
  readonly hub: EventHub
  readonly scopeFor: RoomDeps['scopeFor']
  readonly now: () => number
}

function addRooms(route: AddRoute, options: RoomParts): void {
  const { broker, log, now, pool, sessionSecrets, sessionMs, ...rest } = options
  const market = createMarket(pool)
  const deps: RoomDeps = {
    ...rest,
    route,
    broker,
    market,
    now,
    lifetimeMs: sessionMs,
    pending: new PendingSignIns(createPendingSignInTable(pool), options.vault, now),
    cursors: createCursors(sessionSecrets[0] ?? ''),
    refreshInstruments: createInstrumentRefresh({ apiUrl: broker.apiUrl, market, log }),
  }
  signInRoutes(deps)
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
  auditRoutes(deps)
  eventRoutes(deps)
  aboutRoutes(deps)
}

/** How long a stopping server waits for answers that are under way. */
const patienceMs = 5000
/** What pages may read of an answer besides its body. */
const exposedHeaders = ['content-disposition', 'retry-after']
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function readinessChecks(pool: Pool, sessions: SessionStore): Readonly<Record<string, ReadinessCheck>> {
  return {
    database: async () => void (await pool.query('select 1')),
    migrations: async () => {
      const missing = await pendingMigrations(pool)
      if (missing.length > 0) throw new Error(`Not applied: ${missing.join(', ')}`)
    },
    sessions: () => sessions.check(),
  }
}
