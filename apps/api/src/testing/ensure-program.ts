import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { onPath } from './on-path.ts'

/** Where it is looked for and installed; a test says otherwise. */
interface Machine {
  readonly find?: typeof onPath
  readonly mayInstall?: () => boolean
  readonly install?: (name: string) => void
}

/**
 * The path of a program that has a Debian package of its name: from PATH, else installed where that can be done without
 * asking (root on Debian). Throws with the command to run elsewhere: tests that need it are never skipped.
 */
export function ensureProgram(name: string, machine: Machine = {}): string {
  const { find = onPath, mayInstall = isRootOnDebian, install = installPackage } = machine
  const found = find(name)
  if (found) return found
  if (!mayInstall())
    throw new Error(`The tests need ${name} on PATH. On Debian: sudo apt-get install -y ${name}`)
  install(name)
  const installed = find(name)
  if (!installed) throw new Error(`${name} was installed but is still not on PATH.`)
  return installed
}

function isRootOnDebian(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath('apt-get') !== undefined
}

/** A service of the package's own is not started: tests run servers of their own. */
function installPackage(name: string): void {
  console.log(`Installing ${name} with apt-get…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  // Another test file may be installing it at this moment.
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  const apt = (...args: readonly string[]) =>
    spawnSync('apt-get', ['-q', ...wait, ...args], { env, encoding: 'utf8' })
  const update = apt('update')
  const done = apt('install', '-y', '--no-install-recommends', name)
  if (done.status !== 0)
    throw new Error(`apt-get could not install ${name}:\n${update.stderr}${done.stdout}${done.stderr}`)
}
