import { z } from 'zod'

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

/** Every variable that the server reads, each judged by itself; config.ts looks at them together. */
export const Environment = z.object({
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

/** The variables with their defaults. */
export type Environment = z.output<typeof Environment>
