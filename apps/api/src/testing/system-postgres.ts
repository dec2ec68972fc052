import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePorts } from '../../../../scripts/ports.ts'

/** A Postgres of the operating system's, with the programs that npm does not bring: pg_dump, pg_restore and psql. */
export interface SystemPostgres {
  /** A connection as a role that trusts this machine; `postgres` is the superuser. */
  url(role: string, database: string): string
  /** What libpq's programs need to find it, and the programs. */
  env(role: string, database: string): Readonly<Record<string, string>>
  stop(): Promise<void>
}

const programs = ['postgres', 'initdb', 'pg_dump', 'pg_restore', 'psql']

/** The folder of the newest Postgres that has all its programs together, so that they are of one version. */
function findPrograms(): string | undefined {
  const packaged = globSync('/usr/lib/postgresql/*/bin').toSorted((a, b) =>
    b.localeCompare(a, 'en', { numeric: true }),
  )
  const folders = [...packaged, ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.find((folder) => programs.every((program) => existsSync(join(folder, program))))
}

/** As findPrograms, after installing them where that can be done without asking (root on Debian). Never skipped. */
function ensurePrograms(): string {
  const found = findPrograms()
  if (found) return found
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version'))
    throw new Error('The tests need Postgres with pg_dump. On Debian: sudo apt-get install -y postgresql')
  console.log('Installing postgresql with apt-get…')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const apt = (...args: readonly string[]) =>
    spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], { env, encoding: 'utf8' })
  apt('update')
  const { stdout, stderr } = apt('install', '-y', '--no-install-recommends', 'postgresql')
  const installed = findPrograms()
  if (!installed) throw new Error(`apt-get could not install postgresql:\n${stdout}${stderr}`)
  return installed
}

/** Starts an empty one on a free port of this machine, as `postgres` when we are root. */
export async function startSystemPostgres(): Promise<SystemPostgres> {
  const folder = ensurePrograms()
  const [port = 0] = await freePorts(1)
  const dir = await mkdtemp(join(tmpdir(), 'stratdesk-system-postgres-'))
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']))
  const user = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {}
  if (user.uid !== undefined) await chown(dir, user.uid, user.gid)
  const data = join(dir, 'data')
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  execFileSync(join(folder, 'initdb'), ['-D', data, ...flags], { ...user, cwd: dir, stdio: 'pipe' })
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'lc_messages=C']
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const child = spawn(join(folder, 'postgres'), args, {
    ...user,
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const kill = () => child.kill('SIGQUIT')
  process.once('exit', kill)
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.includes('ready to accept connections')) ready.resolve()
  })
  child.once('exit', (code) => ready.reject(new Error(`Postgres did not start: exit code ${code}`)))
  await ready.promise
  return {
    url: (role, database) => `postgres://${role}@127.0.0.1:${port}/${database}`,
    env: (role, database) => ({
      PATH: [folder, process.env['PATH'] ?? ''].join(delimiter),
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: role,
      PGDATABASE: database,
    }),
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGINT')
      await ended
      process.off('exit', kill)
      await rm(dir, { recursive: true, force: true })
    },
  }
}
