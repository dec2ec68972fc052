import { join } from 'node:path'
import { startChild, type Child } from './child.ts'
import { readLine } from './dev-log.ts'
import type { DevSettings } from './dev-settings.ts'

/**
 * Starts one named process of the development stack. What matters of its log is shown behind its name, once it is
 * ready: of one that never is, the last lines are reported whole.
 */
function start(
  settings: DevSettings,
  process: { name: string; file: string; args?: string[]; cwd?: string; env?: Record<string, string> },
): Child {
  let early: string[] | undefined = []
  const show = (text: string) => console.log(`${process.name.padEnd(8)} | ${text}`)
  const child = startChild({
    ...process,
    onLine: (line, from) => {
      const { text, matters } = readLine(line, from)
      if (!matters && !settings.verbose) return
      const parts = text.split('\n')
      if (early === undefined) parts.forEach(show)
      else early.push(...parts)
    },
  })
  const flush = () => {
    early?.forEach(show)
    early = undefined
  }
  child.ready.then(flush, () => {})
  return child
}

/** The embedded Postgres, its data under the data directory. */
export function startPostgres(settings: DevSettings, port: number): Child {
  const args = [join(settings.dataDir, 'postgres'), String(port)]
  return start(settings, { name: 'postgres', file: join(settings.root, 'scripts/dev-postgres.ts'), args })
}

/** The simulated broker; its demo app sends browsers back to our API. */
export function startSim(settings: DevSettings, port: number): Child {
  return start(settings, {
    name: 'kite-sim',
    file: join(settings.root, 'apps/kite-sim/src/main.ts'),
    env: {
      KITE_SIM_PORT: String(port),
      KITE_SIM_REDIRECT_URL: `http://localhost:${settings.ports.api}/api/sign-in/kite/callback`,
    },
  })
}

/** The API with the engine inside, on the embedded Postgres unless DATABASE_URL names another. */
export function startApi(settings: DevSettings, embeddedUrl: string | undefined): Child {
  const { api, web, sim } = settings.ports
  return start(settings, {
    name: 'api',
    file: join(settings.root, 'apps/api/src/main.ts'),
    cwd: settings.root,
    env: {
      PORT: String(api),
      WEB_ORIGIN: `http://localhost:${web}`,
      DATA_DIR: settings.dataDir,
      ...(embeddedUrl === undefined ? {} : { DATABASE_URL: embeddedUrl }),
      ...(sim === undefined ? {} : simulatedBroker(sim)),
    },
  })
}

function simulatedBroker(port: number): Record<string, string> {
  return {
    KITE_API_URL: `http://127.0.0.1:${port}`,
    KITE_LOGIN_URL: `http://localhost:${port}/connect/login`,
    KITE_TICKER_URL: `ws://127.0.0.1:${port}/ws`,
    KITE_API_KEY: 'demo-key',
    KITE_API_SECRET: 'demo-secret',
  }
}

/** Vite's development server. */
export function startWeb(settings: DevSettings): Child {
  return start(settings, {
    name: 'web',
    file: join(settings.root, 'scripts/dev-web.ts'),
    args: [String(settings.ports.web)],
    cwd: join(settings.root, 'apps/web'),
    env: { VITE_API_URL: `http://localhost:${settings.ports.api}` },
  })
}
