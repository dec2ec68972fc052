import { type Config, ConfigurationError, readConfig } from '../config.ts'
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

/** As much as 20 random hex digits have. */
const bitsMin = 80
const wellKnown = /secret|password|change.?me|example|your.?key|12345678|stratdesk/i

/** Why a secret may be guessed; nothing for one that was made by chance. */
export function weakness(secret: string): readonly string[] {
  const counts = new Map<string, number>()
  for (const character of secret) counts.set(character, (counts.get(character) ?? 0) + 1)
  const shares = counts.values().map((count) => count / secret.length)
  const bits = secret.length * shares.reduce((sum, share) => sum - share * Math.log2(share), 0)
  return [
    ...(bits < bitsMin ? ['repeats itself: it is no random text'] : []),
    ...(wellKnown.test(secret) ? ['holds a word that is tried first'] : []),
  ]
}
