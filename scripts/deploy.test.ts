import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../apps/api/src/config.ts'
import { ComposeFile } from './compose-file.ts'

/**
 * What can be known of the deployment files without a container engine or systemd: that they are well formed, that they
 * agree with each other and with the program, and that their settings are ones it takes.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(`${root}${file}`, 'utf8')
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((found) => found[1] ?? '')

/** Every variable the server reads, from the one place that reads them. */
const known = all(
  read('apps/api/src/environment.ts').split('const Environment = z.object({')[1]?.split('\n})')[0] ?? '',
  /^ {2}([A-Z][A-Z_]+):/gm,
)
/** Read by `pnpm dev` alone. */
const launchers = ['WEB_PORT', 'KITE_SIM_PORT']
/** Of the deployment files themselves and of the programs beside ours. */
const beside = [
  'SITE_ADDRESS',
  'APP',
  'POSTGRES_PASSWORD',
  'POSTGRES_USER',
  'POSTGRES_DB',
  // Node's own.
  'NODE_EXTRA_CA_CERTS',
]

const compose = ComposeFile.parse(parse(read('docker-compose.yml')))
const settings = {
  SITE_ADDRESS: 'desk.example.com',
  POSTGRES_PASSWORD: 'p'.repeat(48),
  SESSION_SECRET: 'fedcba9876543210'.repeat(4),
}
/** As Compose does it; throws for one without which nothing may start. */
const filled = (text: string, values: Readonly<Record<string, string>>) =>
  text.replaceAll(/\$\{(\w+):\?([^}]*)\}/g, (_, name: string, message: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(message)
    return value
  })

describe('the variables', () => {
  it('of .env.example are those the server and the launchers read, each once', () => {
    expect(known.length).toBeGreaterThan(25)
    const names = all(read('.env.example'), /^([A-Z_]+)=/gm)
    expect(names.toSorted()).toEqual([...known, ...launchers].toSorted())
  })

  it('that documents and deployment files name are ones somebody reads', () => {
    const files = [
      'README.md',
      ...globSync('docs/**/*.md', { cwd: root }),
      'docker-compose.yml',
      'Dockerfile',
    ]
    const readable = new Set([...known, ...launchers, ...beside])
    for (const file of [...files, 'deploy/Caddyfile', 'deploy/stratdesk.service']) {
      // As a setting: `NAME=value`, ${NAME}, {$NAME}, or a name of a compose file.
      const named = all(
        read(file),
        /(?<![\w$-])(?:\$\{|\{\$)?([A-Z][A-Z]*(?:_[A-Z]+)+|PORT|HOST|WORKERS|ENGINE)(?=[=:}])/g,
      )
      const others = named.filter((name) => !readable.has(name) && !/^(PG[A-Z]+|PROVE_[A-Z]+)$/.test(name))
      expect([file, others]).toEqual([file, []])
    }
  })
})

describe('docker-compose.yml', () => {
  it('gives the app settings that it takes, with the secrets of .env', () => {
    const { environment = {} } = compose.services['app'] ?? {}
    expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([])
    const env = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, filled(value, settings)]),
    )
    const config = readConfig({ ...env, WORKERS: '2', REDIS_URL: 'redis://redis:6379' })
    expect(config).toMatchObject({ production: true, https: true, host: '0.0.0.0', port: 8080 })
  })

  it('starts nothing without a password, a secret and an address', () => {
    for (const missing of Object.keys(settings)) {
      const rest = Object.fromEntries(Object.entries(settings).filter(([name]) => name !== missing))
      expect(() => filled(read('docker-compose.yml'), rest)).toThrow(`Set ${missing} in .env`)
    }
  })

  it('lets in the world at Caddy alone, and lets the app believe Caddy alone', () => {
    const open = Object.entries(compose.services).filter(([, { ports = [] }]) => ports.length > 0)
    expect(open.map(([name]) => name)).toEqual(['caddy'])
    const front = Object.entries(compose.services).filter(([, { networks }]) => networks.includes('front'))
    expect(front.map(([name]) => name)).toEqual(['app', 'caddy'])
    const subnet = compose.networks['front']?.ipam?.config[0]?.subnet
    expect(compose.services['app']?.environment?.['TRUST_PROXY']).toBe(subnet)
    expect(compose.networks['inside']?.internal).toBe(true)
    for (const name of ['postgres', 'redis']) expect(compose.services[name]?.networks).toEqual(['inside'])
  })

  it('declares every volume and network that it uses, mounts only files that exist, and uses all it declares', () => {
    const services = Object.values(compose.services)
    const mounted = services.flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0] ?? ''),
    )
    const [paths, names] = [
      mounted.filter((name) => name.startsWith('.')),
      mounted.filter((name) => !name.startsWith('.')),
    ]
    expect(names.toSorted()).toEqual(Object.keys(compose.volumes).toSorted())
    expect(paths.filter((path) => !existsSync(`${root}${path}`))).toEqual([])
    expect([...new Set(services.flatMap(({ networks }) => networks))].toSorted()).toEqual(
      Object.keys(compose.networks).toSorted(),
    )
    const needed = services.flatMap(({ depends_on: others = {} }) => Object.keys(others))
    for (const name of needed) expect(Object.keys(compose.services)).toContain(name)
  })

  it('gives Caddy what the Caddyfile asks for', () => {
    const asked = all(read('deploy/Caddyfile'), /\{\$(\w+)/g)
    expect([...new Set(asked)].toSorted()).toEqual(
      Object.keys(compose.services['caddy']?.environment ?? {}).toSorted(),
    )
    expect(read('deploy/Caddyfile').split('{').length).toBe(read('deploy/Caddyfile').split('}').length)
  })

  it('pins every image to a version, and Node to the one of the repository', () => {
    for (const { image } of Object.values(compose.services)) {
      if (image !== undefined) expect(image).toMatch(/^[\w/-]+:\d/)
    }
    expect(compose.services['azurite']?.image).toBe(`node:${nodeVersion()}-bookworm-slim`)
    expect(compose.services['azurite']?.command).toContain(`azurite@${catalog()['azurite']}`)
  })
})

function catalog(): Readonly<Record<string, string>> {
  return z.object({ catalog: z.record(z.string(), z.string()) }).parse(parse(read('pnpm-workspace.yaml')))
    .catalog
}

function nodeVersion(): string {
  return catalog()['node'] ?? 'none'
}

describe('Dockerfile', () => {
  const text = read('Dockerfile')
  const instructions = DockerfileParser.parse(text).getInstructions()
  const named = (keyword: string) => instructions.filter((one) => one.getKeyword() === keyword)
  const last = instructions.findLastIndex((one) => one.getKeyword() === 'FROM')
  const served = instructions.slice(last)
  const argumentsOf = (keyword: string) =>
    served.filter((one) => one.getKeyword() === keyword).map((one) => one.getArgumentsContent() ?? '')

  it('is one that Docker reads, without a warning', () => {
    expect(validate(text)).toEqual([])
  })

  it('builds in one stage and serves from another, both on the Node of the repository', () => {
    const images = named('FROM').map((one) => (one.getArgumentsContent() ?? '').split(' ')[0])
    expect(images).toEqual(Array(2).fill(`node:${nodeVersion()}-bookworm-slim`))
  })

  it('copies the package.json of every package before it installs, and what the server needs after', () => {
    const { packages } = z.object({ packages: z.array(z.string()) }).parse(parse(read('pnpm-workspace.yaml')))
    const files = packages.flatMap((one) => globSync(`${one}/package.json`, { cwd: root }))
    const lines = text.slice(0, text.indexOf('RUN npx -y pnpm@12 install')).split('\n')
    for (const file of files) expect(lines).toContain(`COPY ${file} ${file.replace('package.json', '')}`)
    expect(files.length).toBe(lines.filter((line) => /^COPY (apps|packages|e2e|bench)/.test(line)).length)
  })

  it('serves as a user who is not root, from files that are root’s, without ADD', () => {
    expect(named('ADD')).toEqual([])
    expect(argumentsOf('USER')).toEqual(['node'])
    expect(text).toContain('\nCOPY --from=build --chown=root:root /app /app\n')
    expect(argumentsOf('COPY')).toEqual(['/app /app'])
  })

  it('starts the server itself, so that it hears SIGTERM, and is asked whether it is ready', () => {
    expect(argumentsOf('CMD')).toEqual(['["node", "scripts/start.js"]'])
    expect(existsSync(`${root}scripts/start.js`)).toBe(true)
    const [check = ''] = argumentsOf('HEALTHCHECK')
    const [, script = ''] = z
      .array(z.string())
      .parse(JSON.parse(check.slice(check.indexOf('['))))
      .slice(1)
    expect(script).toContain('/readyz')
    // What it runs is a program.
    expect(() => execFileSync(process.execPath, ['--check', '-'], { input: script })).not.toThrow()
  })

  it('takes no secret, no data and no packages of this machine along', () => {
    const ignored = read('.dockerignore').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.env.*', '.git', '.data', '**/node_modules']))
  })
})

describe('stratdesk.service', () => {
  const lines = read('deploy/stratdesk.service')
    .split('\n')
    .filter((line) => /^\w+=/.test(line))
  const value = (key: string) => lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1)

  /** What systemd-analyze says of the unit. What it starts is not installed here. */
  const analyze = (skip: (note: string) => never, ...args: readonly string[]) => {
    const program = '/usr/bin/systemd-analyze'
    if (!existsSync(program)) {
      const note =
        'there is no systemd-analyze, so deploy/stratdesk.service was not tried: apt-get install systemd'
      console.warn(note)
      return skip(note)
    }
    const folder = mkdtempSync(join(tmpdir(), 'stratdesk-unit-'))
    const file = join(folder, 'stratdesk.service')
    writeFileSync(file, read('deploy/stratdesk.service').replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'))
    const { status, stdout, stderr } = spawnSync(program, [...args, file], { encoding: 'utf8' })
    rmSync(folder, { recursive: true })
    return { status, stdout, stderr }
  }

  it('is a unit that systemd reads, without a warning', ({ skip }) => {
    expect(analyze(skip, 'verify')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('leaves the server little to do harm with: an exposure of 1.5 of 10, by systemd itself', ({ skip }) => {
    const { stdout } = analyze(skip, 'security', '--offline=true')
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? 10)
    expect(exposure).toBeLessThanOrEqual(1.5)
  })

  it('gives the server the seconds it takes to end, and then ends what is left', () => {
    const delayMs = Number(
      /delay: ([\d_]+)/.exec(read('apps/api/src/run-process.ts'))?.[1]?.replaceAll('_', ''),
    )
    expect(delayMs).toBe(10_000)
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(delayMs / 1000)
    expect(Number.parseInt(compose.services['app']?.stop_grace_period ?? '', 10)).toBeGreaterThan(
      delayMs / 1000,
    )
    expect(value('KillMode')).toBe('mixed')
  })

  it('does not start again with settings that are wrong', () => {
    expect(value('RestartPreventExitStatus')).toBe('78')
    expect(value('Restart')).toBe('always')
  })

  it('starts again for as long as it takes, such as until Postgres is up', () => {
    expect(value('StartLimitIntervalSec')).toBe('0')
  })

  it('sets variables that the server takes', () => {
    const env = Object.fromEntries((value('Environment') ?? '').split(' ').map((pair) => pair.split('=')))
    expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([])
    const rest = { DATABASE_URL: 'postgres://localhost/stratdesk', WEB_ORIGIN: 'https://desk.example.com' }
    const config = readConfig({ ...env, ...rest, SESSION_SECRET: 'fedcba9876543210'.repeat(4) })
    expect(config.dataDir).toBe(`/var/lib/${value('StateDirectory')}`)
    expect(value('ExecStart')).toBe(`${value('WorkingDirectory')}/node_modules/.bin/node scripts/start.js`)
  })

  it.each([
    'ProtectSystem=strict',
    'ProtectHome=true',
    'NoNewPrivileges=true',
    'CapabilityBoundingSet=',
    'PrivateTmp=true',
    'UMask=0077',
    'User=stratdesk',
  ])('keeps the server in: %s', (line) => {
    expect(lines).toContain(line)
  })
})
