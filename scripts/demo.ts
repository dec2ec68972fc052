import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, ChildFailed } from './child.ts'
import { startApi, startPostgres, startSim } from './dev-processes.ts'
import type { DevSettings } from './dev-settings.ts'
import { launchers, whenGone } from './launchers.ts'
import { freePorts, isFree } from './ports.ts'
import { needsBuild } from './web-build.ts'

/**
 * `pnpm demo`: the server as in production, for this machine alone, with Postgres and the simulated broker. Everything,
 * the data too, is gone when it ends. Ports that are taken are replaced by free ones; .env is not read.
 */
const since = performance.now()
const root = fileURLToPath(new URL('..', import.meta.url))
/** In the order of their stopping. */
const running: { build?: Pick<Child, 'stop'>; api?: Child; sim?: Child; postgres?: Child } = {}
const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-demo-'))
// Postgres, who is another user where we are root, goes through it.
await chmod(dataDir, 0o711)
let stopping: Promise<never> | undefined

function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    for (const part of [running.build, running.api, running.sim, running.postgres]) await part?.stop()
    await rm(dataDir, { recursive: true, force: true })
    process.exit(code)
  })()
  return stopping
}

async function build(): Promise<void> {
  console.log('Building the web app…')
  const child = spawn(process.execPath, [join(root, 'scripts/build.ts')], {
    // A Ctrl-C in the terminal reaches us alone.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(child, 'exit')
  running.build = {
    stop: async () => {
      child.kill()
      await ended
    },
  }
  const [code] = await ended
  if (code !== 0 && stopping === undefined) throw new Error('The web app could not be built.')
  delete running.build
}

/** The ports of the README where they are free, others where not. */
async function choosePorts(): Promise<DevSettings['ports']> {
  const [api = 0, sim = 0, postgres = 0] = await freePorts(3)
  const port = (await isFree(8080)) ? 8080 : api
  return { api: port, web: port, sim: (await isFree(4010)) ? 4010 : sim, postgres }
}

/** Starts a child and keeps it until it is stopped; when it ends without being asked, says so and stops the rest. */
async function keep(place: 'api' | 'sim' | 'postgres', start: () => Child): Promise<string | undefined> {
  // Told to stop while something else was awaited: nothing more is started.
  if (stopping !== undefined) return await stopping
  const child = start()
  running[place] = child
  const { url } = await child.ready
  void child.exited.then((how) => {
    if (stopping !== undefined) return
    console.error(`\n${child.name} ended by itself (${how}). Stopping the rest.`)
    return stop(1)
  })
  return url
}

async function startAll(): Promise<number> {
  if (process.env['WEB_DIR'] === undefined && needsBuild(root, join(root, 'apps/web/dist'))) await build()
  const ports = await choosePorts()
  const settings: DevSettings = { root, dataDir, ports, verbose: process.argv.includes('--verbose') }
  const { sim = 0, postgres = 0 } = ports
  const [databaseUrl] = await Promise.all([
    keep('postgres', () => startPostgres(settings, postgres)),
    keep('sim', () => startSim(settings, sim)),
  ])
  await keep('api', () => startApi(settings, databaseUrl))
  return ports.api
}

function introduce(port: number): void {
  console.log(`
  Stratdesk is ready in ${((performance.now() - since) / 1000).toFixed(1)} s

  open      http://localhost:${port}
  sign in   UK9394 or UK1234, password demo
  broker    simulated: no real orders, no real money

  Ctrl-C stops everything and forgets it.
`)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === undefined) console.log('\nStopping…')
    void stop(0)
  })
}
whenGone(launchers(), () => void stop(0))

process.env['NODE_ENV'] = 'production'
process.env['HOST'] = '127.0.0.1'
process.env['ALLOWED_BROKER_IDS'] = 'UK9394,UK1234'
process.env['SESSION_SECRET'] = randomBytes(32).toString('hex')
try {
  introduce(await startAll())
} catch (error) {
  if (stopping === undefined) console.error(error instanceof ChildFailed ? `\n${error.message}` : error)
  await (stopping ?? stop(1))
}
