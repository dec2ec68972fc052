import { fileURLToPath } from 'node:url'
import { Environment } from './environment.ts'
import { isLoopback, isThisMachine } from './loopback.ts'
import { isNoRandomText } from './secret-weakness.ts'

/** Exit code of a wrong configuration (EX_CONFIG of sysexits.h). */
export const configurationExit = 78

/** A container of Azure Blob Storage and the key to write to it. */
export interface AzureSettings {
  readonly endpoint: string
  readonly accountName: string
  readonly containerName: string
  readonly storageKey: string
}

/** Everything the server is told from outside. */
export interface Config {
  readonly production: boolean
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** The web app's origin; other sites' pages may not call. */
  readonly webOrigin: string
  /** Whether nobody said an address in production: then only this machine's own browsers may call, through no proxy. */
  readonly ownMachineOnly: boolean
  /** Where the built web app is that this server serves; undefined where another server has it. */
  readonly webDir: string | undefined
  /** Whether browsers come over https. */
  readonly https: boolean
  /** Undefined starts the embedded Postgres. */
  readonly databaseUrl: string | undefined
  readonly embeddedPostgresPort: number
  /** Undefined makes one for this data directory; the first of a list signs. */
  readonly sessionSecrets: readonly string[] | undefined
  readonly credentialsKeys: readonly string[] | undefined
  readonly sessionMs: number
  readonly sessionIdleMs: number
  /** Where sessions are kept: what SESSION_STORE says, else Redis where there is one, else Postgres for several processes. */
  readonly sessionStore: 'memory' | 'redis' | 'postgres'
  /** Whether they are in Postgres only because there are several processes and no Redis: nobody said so. */
  readonly postgresForWorkers: boolean
  readonly redisUrl: string | undefined
  readonly workers: number
  readonly allowedBrokerIds: ReadonlySet<string>
  readonly engine: 'inline' | 'off'
  readonly trustProxy: readonly string[]
  /** Opens /metrics to other machines. */
  readonly metricsToken: string | undefined
  readonly kite: {
    readonly apiUrl: string
    readonly loginUrl: string
    readonly tickerUrl: string
    readonly serverKeys: { readonly apiKey: string; readonly apiSecret: string } | undefined
    /** True when the broker runs on this machine, which only the simulator does. */
    readonly simulated: boolean
  }
  /** Where the log goes besides standard output. */
  readonly azure: AzureSettings | undefined
  readonly logLevel: Environment['LOG_LEVEL']
}

/** A configuration that cannot be used; its message names every variable that is wrong. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** Reads the environment; throws one ConfigurationError that lists everything wrong with it. Empty means absent. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const parsed = Environment.safeParse(given)
  const problems = parsed.success ? contradictions(parsed.data) : problemsOf(given, parsed.error.issues)
  if (!parsed.success || problems.length > 0) {
    throw new ConfigurationError(
      `The configuration is wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    )
  }
  return configOf(parsed.data)
}

/** What is wrong with variables by themselves, and the contradictions in which none of those has a part. */
function problemsOf(
  given: Readonly<Record<string, string | undefined>>,
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string[] {
  const names = [...new Set(issues.map(({ path }) => String(path[0])))]
  const others = Environment.safeParse({
    ...given,
    ...Object.fromEntries(names.map((name) => [name, undefined])),
  })
  const found = others.success ? contradictions(others.data) : []
  return [
    ...issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    ...found.filter((line) => !names.some((name) => line.includes(name))),
  ]
}

function contradictions(env: Environment): string[] {
  const problems: string[] = []
  const production = env.NODE_ENV === 'production'
  if (production) {
    for (const name of ['DATABASE_URL', 'SESSION_SECRET'] as const) {
      if (env[name] === undefined) problems.push(`${name}: Required in production`)
    }
    for (const name of ['SESSION_SECRET', 'CREDENTIALS_KEY'] as const) {
      // The first one signs or encrypts; those behind it are on their way out, and nobody is to lose what they opened.
      const [newest] = env[name] ?? []
      if (newest !== undefined && isNoRandomText(newest)) {
        problems.push(`${name}: Can be guessed, it is no random text: make one with openssl rand -hex 32`)
      }
    }
    if (env.WEB_ORIGIN === undefined && !isThisMachine(env.HOST)) {
      problems.push('WEB_ORIGIN: Required in production where HOST lets in other machines')
    } else if (env.WEB_ORIGIN === undefined && env.TRUST_PROXY.length > 0) {
      problems.push('WEB_ORIGIN: Required in production behind a proxy, which TRUST_PROXY names')
    }
    if (env.WEB_ORIGIN && !isHttps(env.WEB_ORIGIN) && !isLoopback(env.WEB_ORIGIN)) {
      problems.push('WEB_ORIGIN: Must be https in production, or sign-in cookies could be read on the way')
    }
  }
  const azure = [env.AZURE_BLOB_ACCOUNT_NAME, env.AZURE_BLOB_CONTAINER_NAME, env.AZURE_BLOB_STORAGE_KEY]
  const isNamed = azure.some((value) => value !== undefined) || env.AZURE_BLOB_ENDPOINT !== undefined
  if (isNamed && azure.includes(undefined)) {
    problems.push(
      'AZURE_BLOB_ACCOUNT_NAME, AZURE_BLOB_CONTAINER_NAME, AZURE_BLOB_STORAGE_KEY: Set all three or none',
    )
  }
  if ((env.KITE_API_KEY === undefined) !== (env.KITE_API_SECRET === undefined)) {
    problems.push('KITE_API_KEY, KITE_API_SECRET: Set both or neither')
  }
  if (env.SESSION_STORE === 'redis' && env.REDIS_URL === undefined) {
    problems.push('SESSION_STORE: redis needs REDIS_URL')
  }
  if (env.SESSION_STORE === 'memory' && env.WORKERS > 1) {
    problems.push('SESSION_STORE: memory is for one process; with more WORKERS use redis or postgres')
  }
  return problems
}

function defaultStore(env: Environment): Config['sessionStore'] {
  if (env.REDIS_URL !== undefined) return 'redis'
  return env.WORKERS > 1 ? 'postgres' : 'memory'
}

/** In development Vite serves the web app; in production this server does, for its own machine until it is told an address. */
function defaultOrigin({ NODE_ENV, PORT }: Environment): string {
  return NODE_ENV === 'production' ? `http://localhost:${PORT}` : 'http://localhost:5173'
}

function configOf(env: Environment): Config {
  const webOrigin = env.WEB_ORIGIN ?? defaultOrigin(env)
  const { KITE_API_KEY: apiKey, KITE_API_SECRET: apiSecret } = env
  return {
    production: env.NODE_ENV === 'production',
    dataDir: env.DATA_DIR,
    host: env.HOST,
    port: env.PORT,
    webOrigin,
    ownMachineOnly: env.NODE_ENV === 'production' && env.WEB_ORIGIN === undefined,
    webDir: webDirOf(env),
    https: isHttps(webOrigin),
    databaseUrl: env.DATABASE_URL,
    embeddedPostgresPort: env.EMBEDDED_PG_PORT,
    sessionSecrets: env.SESSION_SECRET,
    credentialsKeys: env.CREDENTIALS_KEY,
    sessionMs: env.SESSION_HOURS * 3_600_000,
    sessionIdleMs: env.SESSION_IDLE_MINUTES * 60_000,
    sessionStore: env.SESSION_STORE ?? defaultStore(env),
    postgresForWorkers: env.SESSION_STORE === undefined && defaultStore(env) === 'postgres',
    redisUrl: env.REDIS_URL,
    workers: env.WORKERS,
    allowedBrokerIds: new Set(env.ALLOWED_BROKER_IDS),
    engine: env.ENGINE,
    trustProxy: env.TRUST_PROXY,
    metricsToken: env.METRICS_TOKEN,
    kite: {
      apiUrl: env.KITE_API_URL,
      loginUrl: env.KITE_LOGIN_URL,
      tickerUrl: env.KITE_TICKER_URL,
      serverKeys: apiKey && apiSecret ? { apiKey, apiSecret } : undefined,
      simulated: isLoopback(env.KITE_API_URL),
    },
    azure: azureOf(env),
    logLevel: env.LOG_LEVEL,
  }
}

/** Where `pnpm build` leaves the web app. In development it has a server of its own. */
function webDirOf({ NODE_ENV, WEB_DIR }: Environment): string | undefined {
  if (WEB_DIR === undefined && NODE_ENV === 'production')
    return fileURLToPath(new URL('../../web/dist', import.meta.url))
  return WEB_DIR === 'none' ? undefined : WEB_DIR
}

function azureOf(env: Environment): AzureSettings | undefined {
  const { AZURE_BLOB_ACCOUNT_NAME: accountName, AZURE_BLOB_CONTAINER_NAME: containerName } = env
  const { AZURE_BLOB_STORAGE_KEY: storageKey, AZURE_BLOB_ENDPOINT: given } = env
  if (accountName === undefined || containerName === undefined || storageKey === undefined) return undefined
  const endpoint = given ?? `https://${accountName}.blob.core.windows.net`
  return { endpoint, accountName, containerName, storageKey }
}

function isHttps(url: string): boolean {
  return url.startsWith('https:')
}
