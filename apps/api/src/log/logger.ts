import { pino, type Logger } from 'pino'
import type { Config } from '../config.ts'
import { errorFacts } from './error-facts.ts'

// Only where somebody reads along.
const pretty = process.stdout.isTTY ? (await import('pino-pretty')).default : undefined

/** Fields that could hold a secret, should one ever be logged with the object around it. */
const secretFields = [
  'cookie',
  'authorization',
  'apiSecret',
  'accessToken',
  'requestToken',
  'access_token',
  'request_token',
  'api_secret',
  'checksum',
  'password',
]

/** The process' log: JSON lines on standard output, readable ones on a terminal; JSON lines to `elsewhere` too. */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  elsewhere?: { write(line: string): void },
): Logger {
  const options = {
    level: logLevel,
    base: null,
    serializers: { err: (error: unknown) => errorFacts(error) },
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '[secret]',
    },
  }
  const here = pretty?.({ colorize: true, sync: true }) ?? pino.destination(1)
  if (elsewhere === undefined) return pino(options, here)
  const streams = [here, elsewhere].map((stream) => ({ stream, level: 'trace' as const }))
  return pino(options, pino.multistream(streams))
}
