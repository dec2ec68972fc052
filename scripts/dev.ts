import { fileURLToPath } from 'node:url'
import { ChildFailed, type Child } from './child.ts'
import { startApi, startPostgres, startSim, startWeb } from './dev-processes.ts'
import { badSettings, readDevSettings, wantedPorts, type DevSettings } from './dev-settings.ts'
import { launchers, whenGone } from './launchers.ts'
import { takenPorts } from './ports.ts'
import { watchSources } from './watch-sources.ts'

/** `pnpm dev`: Postgres, the simulated broker, the API and the web app; Ctrl-C stops them all. `--verbose` shows every log line. */
const since = performance.now()
/** In the order of their stopping: the API writes its checkpoints while the database is still there. */
const running: { api?: Child; web?: Child; sim?: Child; postgres?: Child } = {}
let databaseUrl: string | undefined
let restarting = false
let changedMeanwhile = false
let stopping: Promise<never> | undefined

function settingsOrExit(): DevSettings {
  try {
    return readDevSettings(fileURLToPath(new URL('..', import.meta.url)))
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(badSettings)
  }
}

/** Stops everything that was started, in order, then ends this process. */
function stop(code: number): Promise<never> {
  stopping ??= (async () => {
    await Promise.all([running.api?.stop(), running.web?.stop(2000)])
    await running.sim?.stop(2000)
    await running.postgres?.stop()
    process.exit(code)
  })()
  return stopping
}

/** Keeps a child until it is stopped; when it ends without being asked, says so and stops the rest. */
async function keep(place: keyof typeof running, child: Child): Promise<string | undefined> {
  running[place] = child
  const { url } = await child.ready
  void child.exited.then((how) => {
    if (stopping !== undefined || (place === 'api' && restarting)) return
    console.error(`\n${child.name} ended by itself (${how}). Stopping the rest.`)
    return stop(1)
  })
  return url
}

async function startAll(settings: DevSettings): Promise<void> {
  const { ports } = settings
  const database = async () => {
    if (ports.postgres !== undefined)
      databaseUrl = await keep('postgres', startPostgres(settings, ports.postgres))
    await keep('api', startApi(settings, databaseUrl))
  }
  await Promise.all([
    database(),
    ports.sim === undefined ? undefined : keep('sim', startSim(settings, ports.sim)),
    keep('web', startWeb(settings)),
  ])
}

/** Says why something did not start and returns our exit code. */
function report(error: unknown): number {
  if (!(error instanceof ChildFailed)) {
    console.error(error)
    return 1
  }
  const isSetting = error.exitCode === badSettings
  console.error(isSetting ? error.lines.join('\n') : `\n${error.message}`)
  return isSetting ? badSettings : 1
}

/** Starts the API anew after a change of its sources; a change that does not start waits for the next one. */
async function restartApi(settings: DevSettings): Promise<void> {
  if (stopping !== undefined) return
  changedMeanwhile = restarting
  if (restarting) return
  restarting = true
  try {
    await running.api?.stop()
    await keep('api', startApi(settings, databaseUrl))
    console.log(`api      | restarted at ${new Date().toLocaleTimeString()}`)
  } catch (error) {
    report(error)
    console.error('Waiting for the next change.')
  }
  restarting = false
  if (changedMeanwhile) await restartApi(settings)
}

function watchApi(settings: DevSettings): void {
  const packages = ['contracts', 'data', 'kite', 'strategies', 'engine'].map((name) => `packages/${name}/src`)
  const folders = ['apps/api/src', ...packages].map((folder) => `${settings.root}${folder}`)
  watchSources(folders, () => void restartApi(settings))
}

function introduce({ ports }: DevSettings): void {
  const seconds = ((performance.now() - since) / 1000).toFixed(1)
  const broker =
    ports.sim === undefined
      ? 'broker    the one of KITE_API_URL'
      : `broker    simulated (kite-sim on port ${ports.sim}): no real orders, no real money
  sign in   UK9394 or UK1234, password demo`
  console.log(`
  Stratdesk is ready in ${seconds} s

  open      http://localhost:${ports.web}
  API       http://localhost:${ports.api}/api/docs
  ${broker}

  Ctrl-C stops everything; the data stays.
`)
}

const settings = settingsOrExit()
const taken = await takenPorts(wantedPorts(settings))
if (taken.length > 0) {
  console.error(taken.join('\n'))
  process.exit(badSettings)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === undefined) console.log('\nStopping…')
    void stop(0)
  })
}
whenGone(launchers(), () => void stop(0))

try {
  await startAll(settings)
  introduce(settings)
  watchApi(settings)
} catch (error) {
  await (stopping ?? stop(report(error)))
}
