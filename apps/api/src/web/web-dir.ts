import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigurationError } from '../config.ts'

/**
 * The absolute path of the built web app, undefined where another server has it. Throws a ConfigurationError that
 * says what to run where there is none.
 */
export function findWebApp(webDir: string | undefined): string | undefined {
  if (webDir === undefined) return undefined
  const dir = resolve(webDir)
  if (existsSync(join(dir, 'index.html'))) return dir
  throw new ConfigurationError(
    `There is no built web app in ${dir}: run \`pnpm build\`, or set WEB_DIR=none where another server has it.`,
  )
}
