import { createListener } from '@stratdesk/data/listen'
import { createVault } from '@stratdesk/data/vault'
import { createEngine, type Engine, type EngineOptions } from '@stratdesk/engine/engine'
import { createAccountRequests } from '@stratdesk/engine/requests'
import type { FastifyInstance } from 'fastify'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import packageFile from '../package.json' with { type: 'json' }
import { buildApp } from './app.ts'
import { type Config, ConfigurationError } from './config.ts'
import { openDatabase, portTaken } from './database.ts'
import { readBuild } from './features/about/build.ts'
import { shareMetrics } from './metrics/all-workers.ts'
import { Metrics, type ShippedLog } from './metrics/metrics.ts'
import type { Closers } from './run-process.ts'
import { ServerRegistry } from './registry/server-registry.ts'
import { weakness } from './secret-weakness.ts'
import { sessionSecrets } from './secrets.ts'
import { openSessionStore } from './sign-in/stores/open-session-store.ts'
import { findWebApp } from './web/web-dir.ts'

/** With a simulator there is nothing to guess, and tests sign in by the hundred. */
const signIns = {
  real: { signInsPerMinute: 30, signInsPerAccount: 10 },
  simulated: { signInsPerMinute: 1200, signInsPerAccount: 1200 },
}

/** Starts the API and, unless it is off, the engine, in this process; resolves when both serve. */
export async function serve(config: Config, log: Logger, closers: Closers, shipped?: ShippedLog) {
  const { kite } = config
  const webDir = findWebApp(config.webDir)
  const secrets = await sessionSecrets(config)
  const { url, pool } = await openDatabase(config, log, closers)
  const vault = createVault({ credentialsKey: config.credentialsKeys, sessionSecret: secrets })
  const listener = createListener({ url, log: (message, error) => log.warn({ err: error }, message) })
  closers.add(() => listener.close())
  const onError = (error: Error) => log.warn({ err: error }, 'the job queue has a problem')
  const accountRequests = createAccountRequests({ url, onError })
  closers.add(() => accountRequests.close())

  const redis = config.redisUrl ? await openRedis(config.redisUrl, log) : undefined
  if (redis) closers.add(() => redis.disconnect())
  const { sessionStore: kind, sessionIdleMs: idleMs } = config
  const build = await readBuild(config.dataDir)
  const registry = await ServerRegistry.join(
    { pool, log, role: 'api', commit: build.commit, secrets, sessionStore: kind },
    closers,
  )
  const metrics = processMetrics(shipped)
  const sessions = openSessionStore({ kind, databaseUrl: url, redis, idleMs, log })

  const app = await buildApp({
    log,
    version: packageFile.version,
    build,
    findings: () => registry.findings,
    metrics,
    readMetrics: shareMetrics(metrics),
    pool,
    listener,
    vault,
    accountRequests,
    webDir,
    sessionSecrets: secrets,
    sessions,
    redis,
    ...settingsOf(config),
  })
  closers.add(() => app.close())
  const port = await listen(app, config)

  if (config.engine === 'inline') {
    const onIntent = (ms: number) => metrics.intentCommitted(ms)
    const engine = await startEngine({ url, pool, vault, log, onIntent, ...kiteAddresses(config) }, closers)
    metrics.watchEngine(engine)
  }
  warnOf(config, log)
  const { webOrigin, engine } = config
  return { port, webOrigin, simulated: kite.simulated, engine, sessions: kind }
}

/** Says what an operator may not have meant. */
function warnOf(config: Config, log: Logger): void {
  const { production, allowedBrokerIds, https, webOrigin, sessionSecrets = [], credentialsKeys = [] } = config
  if (!production) return
  const weak = [
    ...sessionSecrets.flatMap((secret) => weakness(secret).map((why) => `SESSION_SECRET ${why}`)),
    ...credentialsKeys.flatMap((key) => weakness(key).map((why) => `CREDENTIALS_KEY ${why}`)),
  ]
  for (const words of new Set(weak)) log.warn(`${words}: make another with openssl rand -hex 32`)
  if (allowedBrokerIds.size === 0) {
    log.warn('ALLOWED_BROKER_IDS is empty: everybody whom the broker vouches for may sign in')
  }
  if (!https) {
    log.warn(
      `The web app is for browsers on this machine, at ${webOrigin}: set WEB_ORIGIN to the https address that people type`,
    )
  }
}

async function openRedis(url: string, log: Logger): Promise<Redis> {
  // A server without Redis does not load its client.
  const { connectRedis } = await import('./sign-in/stores/redis-client.ts')
  return connectRedis({ url, log })
}

/** What of the configuration the application takes as it is. */
function settingsOf(config: Config) {
  const { allowedBrokerIds, https, kite, metricsToken, ownMachineOnly, trustProxy, webOrigin } = config
  const { sessionIdleMs, sessionMs } = config
  const limits = kite.simulated ? signIns.simulated : signIns.real
  const broker = { ...kite, allowedBrokerIds }
  const web = { https, ownMachineOnly, trustProxy, webOrigin }
  return { broker, metricsToken, sessionIdleMs, sessionMs, ...web, ...limits }
}

async function startEngine(options: EngineOptions, closers: Closers): Promise<Engine> {
  const engine = createEngine(options)
  // Before the app: what a stopping actor still tells its devices goes out.
  closers.add(() => engine.stop())
  await engine.start()
  return engine
}

function processMetrics(shipped: ShippedLog | undefined): Metrics {
  const metrics = new Metrics()
  metrics.addProcess(packageFile.version)
  if (shipped) metrics.watchLog(shipped)
  return metrics
}

function kiteAddresses({ kite }: Config) {
  return { kiteApiUrl: kite.apiUrl, kiteTickerUrl: kite.tickerUrl }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<number> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    throw isTaken ? new ConfigurationError(portTaken('API', port, 'PORT')) : error
  }
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
