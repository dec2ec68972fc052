import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { preview } from 'vite'
import { startChild, type Child } from '../scripts/child.ts'
import { readAddresses, type Addresses } from './addresses.ts'
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

/** Starts everything on the ports of this run, with an empty database. */
export async function startStack(): Promise<Stack> {
  const addresses = readAddresses()
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-e2e-'))
  const [postgres, web, wire] = await Promise.all([
    startEmbeddedPostgres({ dir: join(dataDir, 'postgres'), port: 0, settings: hasty }),
    serveWeb(addresses),
    layWire(addresses.apiPort, addresses.serverPort),
  ])
  const simUrl = `http://localhost:${addresses.simPort}`
  const simulatedStart = createSimulatedTime()
  const sim = keepRunning(async () => {
    const child = startSim(addresses, simulatedStart())
    await child.ready
    await setClock(simUrl, { speed })
    return child
  })
  const api = keepRunning(async () => {
    const child = startApi(addresses, { url: postgres.url, dataDir })
    await child.ready
    return child
  })
  await Promise.all([sim.start(), api.start()])

  return {
    webUrl: `http://localhost:${addresses.webPort}`,
    apiUrl: `http://localhost:${addresses.apiPort}`,
    simUrl,
    api,
    wire,
    sim,
    async close() {
      await api.stop()
      await Promise.all([sim.stop(), web.close(), wire.close(), postgres.stop()])
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

function serveWeb({ webFolder, webPort }: Addresses) {
  return preview({
    root: join(root, 'apps/web'),
    logLevel: 'warn',
    build: { outDir: webFolder },
    preview: { port: webPort, strictPort: true, host: 'localhost' },
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

function startSim({ simPort, apiPort }: Addresses, start: string): Child {
  return startChild({
    name: 'kite-sim',
    file: join(root, 'apps/kite-sim/src/main.ts'),
    env: {
      KITE_SIM_PORT: String(simPort),
      KITE_SIM_START: start,
      KITE_SIM_REDIRECT_URL: `http://localhost:${apiPort}/api/sign-in/kite/callback`,
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

function startApi(
  { serverPort, webPort, simPort }: Addresses,
  { url, dataDir }: { url: string; dataDir: string },
): Child {
  return startChild({
    name: 'api',
    file: join(root, 'apps/api/src/main.ts'),
    cwd: root,
    env: {
      NODE_ENV: 'development',
      PORT: String(serverPort),
      WEB_ORIGIN: `http://localhost:${webPort}`,
      DATABASE_URL: url,
      DATA_DIR: dataDir,
      ENGINE: 'inline',
      KITE_API_URL: `http://127.0.0.1:${simPort}`,
      KITE_LOGIN_URL: `http://localhost:${simPort}/connect/login`,
      KITE_TICKER_URL: `ws://127.0.0.1:${simPort}/ws`,
      KITE_API_KEY: 'demo-key',
      KITE_API_SECRET: 'demo-secret',
    },
    onLine: show('api'),
  })
}

/** With `E2E_LOG=1` the logs of the servers are shown. */
function show(name: string): (line: string) => void {
  return process.env['E2E_LOG'] === undefined ? () => {} : (line) => console.log(`${name} | ${line}`)
}
