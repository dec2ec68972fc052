import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { webHeaders } from '@stratdesk/api/web-headers'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { preview } from 'vite'
import { startChild, type Child } from '../scripts/child.ts'
import { readAddresses } from './addresses.ts'
import { secrets } from './secrets.ts'
import { layWire, type Wire } from './wire.ts'

/** The whole product as a user meets it: browser ⇄ web app (its own origin) ⇄ API with engine ⇄ Postgres and broker. */
export interface Stack {
  readonly webUrl: string
  readonly apiUrl: string
  readonly simUrl: string
  readonly api: {
    /** Ends the server: politely, or as a power cut would. */
    stop(how?: 'politely' | 'at once'): Promise<void>
    /** Starts it on the same port with the same database. */
    start(): Promise<void>
  }
  /** Between the browsers and the server. */
  readonly wire: Pick<Wire, 'cut' | 'mend'>
  readonly sim: { stop(): Promise<void>; start(): Promise<void> }
  close(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))
/** Simulated seconds a second: a run has its first trades within a few seconds. */
const speed = 5

/** A database that need not survive a power cut. */
const hasty = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' }

/** Starts everything on the ports of this run, with an empty database; the web app has a server of its own. */
export async function startStack(): Promise<Stack> {
  const { apiPort, serverPort, webPort, simPort, webFolder } = readAddresses()
  const [webUrl, apiUrl] = [`http://localhost:${webPort}`, `http://localhost:${apiPort}`]
  const [web, wire, servers] = await Promise.all([
    serveWeb({ webFolder, webPort, apiUrl }),
    layWire(apiPort, serverPort),
    startServers({ apiUrl, serverPort, simPort, env: { NODE_ENV: 'development', WEB_ORIGIN: webUrl } }),
  ])
  return {
    ...servers,
    webUrl,
    apiUrl,
    wire,
    async close() {
      await servers.close()
      await Promise.all([web.close(), wire.close()])
    },
  }
}

/** Starts the product as production has it: one server, which serves the web app too, at one origin. */
export async function startOneOrigin(): Promise<Omit<Stack, 'wire'>> {
  const { ownPort, ownSimPort, ownWebFolder } = readAddresses()
  const url = `http://localhost:${ownPort}`
  const env = { NODE_ENV: 'production', WEB_ORIGIN: url, WEB_DIR: ownWebFolder }
  const servers = await startServers({ apiUrl: url, serverPort: ownPort, simPort: ownSimPort, env })
  return { ...servers, webUrl: url, apiUrl: url }
}

interface Places {
  /** Where browsers reach the API. */
  readonly apiUrl: string
  readonly serverPort: number
  readonly simPort: number
  /** How the API is configured, beside its database and broker. */
  readonly env: Readonly<Record<string, string>>
}

async function startServers(places: Places) {
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-e2e-'))
  const postgres = await startEmbeddedPostgres({ dir: join(dataDir, 'postgres'), port: 0, settings: hasty })
  const simUrl = `http://localhost:${places.simPort}`
  const simulatedStart = createSimulatedTime()
  const sim = keepRunning(async () => {
    const child = startSim(places, simulatedStart())
    await child.ready
    await setClock(simUrl, { speed })
    return child
  })
  const api = keepRunning(async () => {
    const child = startApi(places, { DATABASE_URL: postgres.url, DATA_DIR: dataDir })
    await child.ready
    return child
  })
  await Promise.all([sim.start(), api.start()])
  return {
    simUrl,
    api,
    sim,
    async close() {
      await api.stop()
      await Promise.all([sim.stop(), postgres.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function keepRunning(start: () => Promise<Child>) {
  let child: Child | undefined
  return {
    async start() {
      child = await start()
    },
    async stop(how: 'politely' | 'at once' = 'politely') {
      await (how === 'politely' ? child?.stop() : child?.kill())
      child = undefined
    },
  }
}

interface WebPlaces {
  readonly webFolder: string
  readonly webPort: number
  readonly apiUrl: string
}

/** Serves the web app from an origin of its own, under the policy that the API would give it. */
async function serveWeb({ webFolder, webPort, apiUrl }: WebPlaces) {
  const headers = await webHeaders({ https: false, apiOrigin: apiUrl })
  return preview({
    root: join(root, 'apps/web'),
    logLevel: 'warn',
    build: { outDir: webFolder },
    preview: { port: webPort, strictPort: true, host: 'localhost', headers },
  })
}

/**
 * The simulated broker's time begins now, or an hour later where broker tokens would end (06:00 in India) or the day
 * would turn while the journeys run. After an outage it goes on as if it had run all the while.
 */
function createSimulatedTime(): () => string {
  const now = Temporal.Now.zonedDateTimeISO('Asia/Kolkata')
  const inAnHour = now.add({ hours: 1 })
  const crosses = inAnHour.day !== now.day || (now.hour < 6 && inAnHour.hour >= 6)
  const start = (crosses ? inAnHour : now).toInstant()
  const began = performance.now()
  return () => start.add({ seconds: Math.ceil(((performance.now() - began) / 1000) * speed) }).toString()
}

function startSim({ simPort, apiUrl }: Places, start: string): Child {
  return startChild({
    name: 'kite-sim',
    file: join(root, 'apps/kite-sim/src/main.ts'),
    env: {
      KITE_SIM_PORT: String(simPort),
      KITE_SIM_START: start,
      KITE_SIM_REDIRECT_URL: `${apiUrl}/api/sign-in/kite/callback`,
    },
    onLine: show('kite-sim'),
  })
}

async function setClock(simUrl: string, clock: { speed: number }): Promise<void> {
  const answer = await fetch(`${simUrl}/sim/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(clock),
  })
  if (!answer.ok) throw new Error(`PUT /sim/clock: ${answer.status} ${await answer.text()}`)
}

function startApi({ serverPort, simPort, env }: Places, data: Readonly<Record<string, string>>): Child {
  return startChild({
    name: 'api',
    file: join(root, 'apps/api/src/main.ts'),
    cwd: root,
    env: {
      ...env,
      ...data,
      ...secrets,
      PORT: String(serverPort),
      ENGINE: 'inline',
      KITE_API_URL: `http://127.0.0.1:${simPort}`,
      KITE_LOGIN_URL: `http://localhost:${simPort}/connect/login`,
      KITE_TICKER_URL: `ws://127.0.0.1:${simPort}/ws`,
      KITE_API_KEY: 'demo-key',
    },
    onLine: show('api'),
  })
}

/** With `E2E_LOG=1` the logs of the servers are shown. */
function show(name: string): (line: string) => void {
  return process.env['E2E_LOG'] === undefined ? () => {} : (line) => console.log(`${name} | ${line}`)
}
