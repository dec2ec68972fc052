import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/** Exit code of a wrong configuration (EX_CONFIG of sysexits.h). */
export const configurationExit = 78

const text = z.string().trim().min(1)
const port = z.coerce.number().int().min(0).max(65_535)
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)
const origin = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => new URL(url).origin === url,
    'Must be an origin like https://desk.example.com, without a path',
  )

/** After the naming rules of Azure Storage. */
const azureName = (shape: RegExp) =>
  z.string().trim().regex(shape, 'Must be small letters and digits, as Azure allows them').optional()

const Environment = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  DATA_DIR: text.default('.data'),
  HOST: text.default('127.0.0.1'),
  PORT: port.default(8080),
  WEB_ORIGIN: origin.optional(),
  WEB_DIR: text.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  SESSION_SECRET: list
    .refine((secrets) => secrets.length > 0 && secrets.every((secret) => secret.length >= 32), {
      message: 'Each secret needs at least 32 characters',
    })
    .optional(),
  ALLOWED_BROKER_IDS: list
    .refine(
      (ids) => ids.every((id) => /^[A-Z0-9]{2,16}$/.test(id)),
      'Must be a list of ids like UK9394,UK1234',
    )
    .default([]),
  SESSION_HOURS: z.coerce
    .number()
    .min(1)
    .max(24 * 30)
    .default(24),
  SESSION_IDLE_MINUTES: z.coerce
    .number()
    .min(0)
    .max(24 * 60)
    .default(0),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  SESSION_STORE: z.enum(['memory', 'redis', 'postgres']).optional(),
  WORKERS: z.coerce.number().int().min(1).max(256).default(1),
  CREDENTIALS_KEY: list
    .refine((keys) => keys.length > 0 && keys.every((key) => key.length >= 16), {
      message: 'Each key needs at least 16 characters',
    })
    .optional(),
  ENGINE: z.enum(['inline', 'off']).default('inline'),
  TRUST_PROXY: list.default([]),
  METRICS_TOKEN: z.string().trim().min(16, 'Must be at least 16 characters').optional(),
  KITE_API_URL: httpUrl.default('https://api.kite.trade'),
  KITE_LOGIN_URL: httpUrl.default('https://kite.zerodha.com/connect/login'),
  KITE_TICKER_URL: z
    .url({ protocol: /^wss?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .default('wss://ws.kite.trade'),
  KITE_API_KEY: text.optional(),
  KITE_API_SECRET: text.optional(),
  AZURE_BLOB_ACCOUNT_NAME: azureName(/^[a-z0-9]{3,24}$/),
  AZURE_BLOB_CONTAINER_NAME: azureName(/^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/),
  AZURE_BLOB_STORAGE_KEY: text.optional(),
  AZURE_BLOB_ENDPOINT: httpUrl.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  EMBEDDED_PG_PORT: port.default(54_329),
})

type Environment = z.output<typeof Environment>

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
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  if (!parsed.success || problems.length > 0) {
    throw new ConfigurationError(
      `The configuration is wrong:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    )
  }
  return configOf(parsed.data)
}

function contradictions(env: Environment): string[] {
  const problems: string[] = []
  const production = env.NODE_ENV === 'production'
  if (production) {
    for (const name of ['WEB_ORIGIN', 'DATABASE_URL', 'SESSION_SECRET'] as const) {
      if (env[name] === undefined) problems.push(`${name}: Required in production`)
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

function configOf(env: Environment): Config {
  const webOrigin = env.WEB_ORIGIN ?? 'http://localhost:5173'
  const { KITE_API_KEY: apiKey, KITE_API_SECRET: apiSecret } = env
  return {
    production: env.NODE_ENV === 'production',
    dataDir: env.DATA_DIR,
    host: env.HOST,
    port: env.PORT,
    webOrigin,
    webDir: webDirOf(env),
    https: isHttps(webOrigin),
    databaseUrl: env.DATABASE_URL,
    embeddedPostgresPort: env.EMBEDDED_PG_PORT,
    sessionSecrets: env.SESSION_SECRET,
    credentialsKeys: env.CREDENTIALS_KEY,
    sessionMs: env.SESSION_HOURS * 3_600_000,
    sessionIdleMs: env.SESSION_IDLE_MINUTES * 60_000,
    sessionStore: env.SESSION_STORE ?? defaultStore(env),
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

function isLoopback(url: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
}
