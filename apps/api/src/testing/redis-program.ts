import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { onPath } from './on-path.ts'

/**
 * The path of redis-server: from PATH, else installed where that can be done without asking (root on Debian). Throws
 * with the command to run elsewhere: tests of Redis are never skipped.
 */
export function ensureRedisProgram(): string {
  const found = onPath('redis-server')
  if (found) return found
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !onPath('apt-get'))
    throw new Error('The tests need redis-server on PATH. On Debian: sudo apt-get install -y redis-server')
  install()
  const installed = onPath('redis-server')
  if (!installed) throw new Error('redis-server was installed but is still not on PATH.')
  return installed
}

/** The package's own service is not started: these tests run servers of their own. */
function install(): void {
  console.log('Installing redis-server with apt-get…')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  // Another test file may be installing it at this moment.
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  const apt = (...args: readonly string[]) =>
    spawnSync('apt-get', ['-q', ...wait, ...args], { env, encoding: 'utf8' })
  const update = apt('update')
  const done = apt('install', '-y', '--no-install-recommends', 'redis-server')
  if (done.status !== 0)
    throw new Error(`apt-get could not install redis-server:\n${update.stderr}${done.stdout}${done.stderr}`)
}
