import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild, type Child } from '../scripts/child.ts'
import { freePorts } from '../scripts/ports.ts'

/** The product's API on a database, with the simulated broker beside it. */
export interface Servers {
  /** The process id of the API. */
  readonly apiPid: number
  readonly apiUrl: string
  readonly simUrl: string
  readonly webOrigin: string
  close(): Promise<void>
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** Starts API and simulated broker as processes of their own, the API with further settings from `env`. */
export async function startServers(
  databaseUrl: string,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Servers> {
  const [apiPort = 0, simPort = 0] = await freePorts(2)
  const webOrigin = 'http://localhost:5173'
  const sim = startChild({
    name: 'kite-sim',
    file: join(root, 'apps/kite-sim/src/main.ts'),
    env: {
      KITE_SIM_PORT: String(simPort),
      KITE_SIM_REDIRECT_URL: `http://localhost:${apiPort}/api/sign-in/kite/callback`,
    },
  })
  const api = startApi({ apiPort, simPort, databaseUrl, dataDir, webOrigin, env })
  await Promise.all([sim.ready, api.ready])
  return {
    apiUrl: `http://127.0.0.1:${apiPort}`,
    simUrl: `http://127.0.0.1:${simPort}`,
    webOrigin,
    apiPid: api.pid,
    async close() {
      await api.stop()
      await sim.stop()
    },
  }
}

interface ApiSettings {
  readonly apiPort: number
  readonly simPort: number
  readonly databaseUrl: string
  readonly dataDir: string
  readonly webOrigin: string
  readonly env: Readonly<Record<string, string>>
}

function startApi({ apiPort, simPort, databaseUrl, dataDir, webOrigin, env }: ApiSettings): Child {
  return startChild({
    name: 'api',
    file: join(root, 'apps/api/src/main.ts'),
    cwd: root,
    env: {
      PORT: String(apiPort),
      WEB_ORIGIN: webOrigin,
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      LOG_LEVEL: 'warn',
      KITE_API_URL: `http://127.0.0.1:${simPort}`,
      KITE_LOGIN_URL: `http://127.0.0.1:${simPort}/connect/login`,
      KITE_TICKER_URL: `ws://127.0.0.1:${simPort}/ws`,
      KITE_API_KEY: 'demo-key',
      KITE_API_SECRET: 'demo-secret',
      ...env,
    },
  })
}

/** Signs a broker's user in as a browser would and returns the session's cookie. */
export async function signIn({ apiUrl, simUrl, webOrigin }: Servers, brokerId: string): Promise<string> {
  const begun = await fetch(`${apiUrl}/api/sign-in/kite`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: webOrigin },
    body: '{}',
  })
  const { loginUrl } = (await begun.json()) as { loginUrl: string }
  const page = new URL(loginUrl)
  const login = await fetch(`${simUrl}/connect/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      user_id: brokerId,
      password: 'demo',
      api_key: page.searchParams.get('api_key') ?? '',
      redirect_params: page.searchParams.get('redirect_params') ?? '',
    }),
  })
  const callback = new URL(login.headers.get('location') ?? '')
  const done = await fetch(`${apiUrl}${callback.pathname}${callback.search}`, {
    redirect: 'manual',
    headers: { cookie: cookiesOf(begun) },
  })
  const cookie = cookiesOf(done)
  if (!cookie.includes('session='))
    throw new Error(`${brokerId} was not signed in: ${done.headers.get('location')}`)
  return cookie
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
