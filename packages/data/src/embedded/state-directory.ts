import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { clearLeftover, isAbandoned } from './leftover.ts'
import { canEnter, type RunAs } from './run-as.ts'

/** Where the state directory is, or would be. */
function stateDirectories(): readonly string[] {
  return ['/var/lib', tmpdir()].map((parent) => path.join(parent, 'stratdesk'))
}

/** The directories in which data meant for `wanted` may be: itself, or one that stands for it. None is made. */
export function possibleDirectories(wanted: string): readonly string[] {
  const absolute = path.resolve(wanted)
  return [absolute, ...stateDirectories().map((parent) => path.join(parent, substituteName(absolute)))]
}

function substituteName(absolute: string): string {
  return hash('sha256', absolute, 'hex').slice(0, 16)
}

/** A directory of ours that any user of the machine can pass through: the system's state directory, else its temporary one. */
export async function stateDirectory(): Promise<string> {
  let failure: unknown
  for (const directory of stateDirectories()) {
    try {
      await mkdir(directory, { recursive: true })
      await chmod(directory, 0o755)
      return directory
    } catch (error) {
      failure = error
    }
  }
  throw new Error('Neither /var/lib nor the temporary directory can be written', { cause: failure })
}

/**
 * Makes `wanted` and gives it to `user`; when that user cannot reach it, takes a directory below the state directory
 * instead, named after `wanted`, so that the next start finds the same data.
 */
export async function reachableDirectory(wanted: string, user: RunAs): Promise<string> {
  const absolute = path.resolve(wanted)
  await mkdir(absolute, { recursive: true })
  if (!user) return absolute
  await chown(absolute, user.uid, user.gid)
  if (canEnter(absolute, user)) return absolute
  const parent = await stateDirectory()
  await sweepSubstitutes(parent)
  const substitute = path.join(parent, substituteName(absolute))
  await mkdir(substitute, { recursive: true })
  await chown(substitute, user.uid, user.gid)
  await writeFile(path.join(substitute, standsFor), absolute)
  return substitute
}

const standsFor = 'stands-for'

/** Removes what stood for temporary directories that are gone: nobody will ask for it again. */
async function sweepSubstitutes(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const substitute = path.join(parent, name)
    const original = await readFile(path.join(substitute, standsFor), 'utf8').catch(() => '')
    const isGone = original.startsWith(tmpdir() + path.sep) && !existsSync(original)
    if (!isGone || !(await isAbandoned(substitute))) continue
    await clearLeftover(substitute)
    await rm(substitute, { recursive: true, force: true })
  }
}
