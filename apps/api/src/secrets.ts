import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from './config.ts'

/**
 * The secrets that sign sessions. In development they are made once and kept beside the data, so that a restart does
 * not sign anybody's stored broker token away.
 */
export async function sessionSecrets(config: Config): Promise<readonly string[]> {
  if (config.sessionSecrets) return config.sessionSecrets
  const file = join(config.dataDir, 'session-secret')
  await mkdir(config.dataDir, { recursive: true })
  try {
    const secret = randomBytes(32).toString('base64url')
    await writeFile(file, secret, { mode: 0o600, flag: 'wx' })
    return [secret]
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    return [(await readFile(file, 'utf8')).trim()]
  }
}
