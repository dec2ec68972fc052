import { type Config, ConfigurationError, readConfig } from '../config.ts'
import { weakness } from '../secret-weakness.ts'
import { fault, judged, type Line, notTried, ok } from './line.ts'
import type { Site } from './site.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** Whether these are the variables of a server: a laptop has none of them. */
export function isServer(env: Variables): boolean {
  return ['DATABASE_URL', 'SESSION_SECRET'].some((name) => env[name]?.trim())
}

/** Reads the environment as the server does; without a configuration the line says what is wrong with it. */
export function checkEnvironment(env: Variables): { readonly line: Line; readonly config?: Config } {
  try {
    const config = readConfig(env)
    const { production, sessionStore, workers } = config
    const mode = production ? 'production' : 'development'
    const saw = `${mode}, sessions in ${sessionStore}, ${workers === 1 ? 'one process' : `${workers} workers`}`
    return { line: ok('Environment', saw), config }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    const saw = error.message.replaceAll(/\s*\n\s*/g, ' ')
    return { line: fault('Environment', saw, 'Correct these variables; .env.example explains each') }
  }
}

/** Whether the settings are those of a deployment at this address, and its secrets can be guessed. */
export function checkSettings(config: Config, site: Site): readonly Line[] {
  return [checkMode(config, site), checkSecrets(config)]
}

function checkSecrets({ sessionSecrets: secrets, credentialsKeys = [] }: Config): Line {
  if (secrets === undefined) return notTried('Secrets', 'no SESSION_SECRET: the server made one by chance')
  return judged(
    'Secrets',
    [
      ...secrets.flatMap((secret) => weakness(secret).map((why) => `SESSION_SECRET ${why}`)),
      ...credentialsKeys.flatMap((key) => weakness(key).map((why) => `CREDENTIALS_KEY ${why}`)),
    ],
    `${secrets.length === 1 ? 'one session secret' : `${secrets.length} session secrets`}, as random ones are`,
    "Make one with: node -p \"require('crypto').randomBytes(32).toString('hex')\"",
  )
}

function checkMode({ production, webOrigin }: Config, site: Site): Line {
  const check = 'Web origin'
  if (site.isLoopback && webOrigin !== site.url.origin)
    return notTried(check, `asked on this machine; browsers are to come to ${webOrigin}`)
  const wrong = [
    ...(production ? [] : ['NODE_ENV is not production']),
    ...(webOrigin === site.url.origin
      ? []
      : [`WEB_ORIGIN is ${webOrigin}, which is not the address that was given`]),
  ]
  return judged(
    check,
    wrong,
    webOrigin,
    'Set NODE_ENV=production and WEB_ORIGIN to the address that browsers use',
  )
}
