import fastify, { type FastifyInstance } from 'fastify'
import { createClock } from './clock.ts'
import { loginRoutes } from './login/routes.ts'
import { createMarket } from './market/market.ts'
import { createDesk } from './orders/desk.ts'
import { historicalRoutes } from './rest/historical.ts'
import { instrumentRoutes } from './rest/instruments.ts'
import { orderRoutes } from './rest/orders.ts'
import { setUpPlumbing } from './rest/plumbing.ts'
import { portfolioRoutes } from './rest/portfolio.ts'
import { quoteRoutes } from './rest/quotes.ts'
import { sessionRoutes } from './rest/session.ts'
import { type ClockChange, type ClockState, changeClock, clockState, simRoutes } from './rest/sim.ts'
import { createSessions, type KiteApp } from './sessions.ts'
import type { Simulator } from './simulator.ts'
import { createHub } from './ticker/hub.ts'
import { createWorld } from './world.ts'

/** How a simulator is set up; everything has a default. */
export interface KiteSimOptions {
  /** Decides all prices, and signs the tokens. */
  readonly seed?: string
  /** Simulated time at the beginning, an ISO 8601 instant; otherwise now. */
  readonly start?: string
  /** Simulated seconds a wall second: 1 is real time, 0 stands still. */
  readonly speed?: number
  /** Registered address of the demo app (`demo-key`, `demo-secret`). */
  readonly redirectUrl?: string
  /** More apps beside the demo app. */
  readonly apps?: readonly KiteApp[]
}

/** Where a simulator listens. */
export interface ListenOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  readonly host?: string
  /** Must be true for a host that is not loopback. */
  readonly allowRemote?: boolean
}

/** A simulator that listens. */
export interface RunningKiteSim {
  /** Base of REST and login page, without a trailing slash. */
  readonly url: string
  /** Address of the ticker, without its query. */
  readonly tickerUrl: string
  readonly clock: {
    get(): ClockState
    /** As `PUT /sim/clock`: `advance` resolves once the ticks of those seconds were written. */
    set(change: ClockChange): Promise<ClockState>
  }
  /** Cuts every socket and stops time. */
  close(): Promise<void>
}

/** A simulator before it listens. */
export interface KiteSim {
  /** The HTTP application, for injected requests. */
  readonly http: FastifyInstance
  start(listen?: ListenOptions): Promise<RunningKiteSim>
}

/** The redirect address that the demo app has unless told otherwise. */
export const defaultRedirectUrl = 'http://localhost:8080/api/sign-in/kite/callback'

/** Builds a simulator and starts it, on a free port unless told otherwise. */
export const startKiteSim = async (options: KiteSimOptions & ListenOptions = {}): Promise<RunningKiteSim> =>
  (await buildKiteSim(options)).start(options)

/** Wires a simulator: every part by hand, on one HTTP server for REST, login page and ticker. */
export async function buildKiteSim(options: KiteSimOptions = {}): Promise<KiteSim> {
  const seed = options.seed ?? 'stratdesk'
  const start =
    options.start === undefined ? Date.now() : Temporal.Instant.from(options.start).epochMilliseconds
  const demoApp = {
    apiKey: 'demo-key',
    apiSecret: 'demo-secret',
    redirectUrl: options.redirectUrl ?? defaultRedirectUrl,
  }
  const clock = createClock(start, options.speed ?? 1)
  const market = createMarket(seed)
  const sessions = createSessions(seed, [demoApp, ...(options.apps ?? [])], clock.second)
  const http = fastify({ bodyLimit: 64 * 1024, forceCloseConnections: true })
  const hub = createHub({ server: http.server, market, sessions, second: () => world.second() })
  const desk = createDesk(market, clock.second(), hub.sendOrder)
  const world = createWorld(clock, {
    onSecond: (second) => {
      desk.onSecond(second)
      hub.tick(second)
    },
    onFlush: hub.flush,
  })
  const sim: Simulator = { clock, world, market, sessions, desk }

  setUpPlumbing(http)
  // A request sees every second that has passed, as the ticker's subscribers do.
  http.addHook('onRequest', (_request, _reply, done) => {
    void world.settle()
    done()
  })
  // Before the server closes: it waits for the sockets that were upgraded.
  http.addHook('preClose', (done) => {
    world.close()
    hub.close()
    done()
  })
  http.get('/', () => ({ name: 'kite-sim', simulator: true }))
  loginRoutes(http, sim)
  sessionRoutes(http, sim)
  instrumentRoutes(http, sim)
  quoteRoutes(http, sim)
  historicalRoutes(http, sim)
  orderRoutes(http, sim)
  portfolioRoutes(http, sim)
  simRoutes(http, sim)
  await http.ready()

  return { http, start: (listen = {}) => run(http, sim, listen) }
}

async function run(http: FastifyInstance, sim: Simulator, listen: ListenOptions): Promise<RunningKiteSim> {
  const host = listen.host ?? '127.0.0.1'
  if (!['127.0.0.1', '::1', 'localhost'].includes(host) && listen.allowRemote !== true) {
    await http.close()
    throw new Error(`kite-sim listens on loopback only, not on ${host}: set allowRemote to let others in`)
  }
  const url = await http.listen({ host, port: listen.port ?? 0 }).catch(async (error: unknown) => {
    await http.close()
    throw error
  })
  return {
    url,
    tickerUrl: `${url.replace('http', 'ws')}/ws`,
    clock: { get: () => clockState(sim), set: (change) => changeClock(sim, change) },
    close: () => http.close(),
  }
}
