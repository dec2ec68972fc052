import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import type { RunAs } from './run-as.ts'

const run = promisify(execFile)

/** A data directory with the password of its owner, `postgres`. */
export interface Cluster {
  readonly dataDir: string
  readonly password: string
}

/** Opens the cluster in a directory, making it first when there is none. An initdb that was killed leaves no half of one. */
export async function openCluster(dir: string, binaries: Binaries, user: RunAs): Promise<Cluster> {
  const dataDir = path.join(dir, 'data')
  const passwordFile = path.join(dir, 'owner-password')
  if (!existsSync(path.join(dataDir, 'PG_VERSION')))
    await createCluster(dataDir, passwordFile, binaries, user)
  return { dataDir, password: (await readFile(passwordFile, 'utf8')).trim() }
}

async function createCluster(
  dataDir: string,
  passwordFile: string,
  binaries: Binaries,
  user: RunAs,
): Promise<void> {
  const unfinished = `${dataDir}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
  if (user) await chown(passwordFile, user.uid, user.gid)
  const flags = [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    // The password is 144 random bits: stretching it would only slow connecting.
    '--set=scram_iterations=1',
    // The directory is renamed when it is whole; Postgres syncs what matters from its first checkpoint on.
    '--no-sync',
  ]
  await run(binaries.initdb, flags, { ...user, cwd: path.dirname(dataDir) })
  await rename(unfinished, dataDir)
}
