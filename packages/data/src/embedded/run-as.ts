import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

/** Whom Postgres runs as; undefined is the user we are. */
export type RunAs = { readonly uid: number; readonly gid: number } | undefined

const run = promisify(execFile)

/** Postgres refuses to run as root: then it runs as the system's `postgres` user, which is made if there is none. */
export async function postgresUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return undefined
  const known = await findUser()
  if (known) return known
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ])
  } catch (cause) {
    throw new Error(
      'Postgres cannot run as root, and a user `postgres` could not be made; run as another user',
      {
        cause,
      },
    )
  }
  return await findUser()
}

async function findUser(): Promise<RunAs> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** Whether that user can go into a directory; a checkout below a private home directory, for one, cannot be entered. */
export function canEnter(directory: string, user: RunAs): boolean {
  if (!user) return true
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...user, cwd: '/' }).status === 0
}
