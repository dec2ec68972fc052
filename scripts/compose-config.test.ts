import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { parse } from 'yaml'
import { ensureProgram } from '../apps/api/src/testing/ensure-program.ts'

/**
 * docker-compose.yml as Compose itself reads it, which needs no container engine for that: held to the schema of the
 * Compose specification, which the program carries, and with the variables of .env filled in.
 */
const file = readFileSync(fileURLToPath(new URL('../docker-compose.yml', import.meta.url)), 'utf8')
const settings = {
  SITE_ADDRESS: 'desk.example.com',
  POSTGRES_PASSWORD: 'p'.repeat(48),
  SESSION_SECRET: 's'.repeat(64),
}

let program: string | undefined
let missing = ''
beforeAll(() => {
  try {
    program = ensureProgram('docker-compose')
  } catch (error) {
    missing = `docker-compose.yml was not tried: ${String(error)}`
    console.warn(missing)
  }
}, 180_000)

function config(skip: TestContext['skip'], text: string, env: Readonly<Record<string, string>> = settings) {
  if (program === undefined) return skip(missing)
  const folder = mkdtempSync(join(tmpdir(), 'stratdesk-compose-'))
  try {
    // Debian's Compose knows the specification from before a file could name its project.
    writeFileSync(join(folder, 'docker-compose.yml'), text.replace(/^name: .*$/m, ''))
    writeFileSync(
      join(folder, '.env'),
      Object.entries(env)
        .map((pair) => pair.join('='))
        .join('\n'),
    )
    const args = ['--profile', 'redis', '--profile', 'azurite', 'config']
    const plain = { PATH: process.env['PATH'], HOME: folder }
    return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: plain })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('docker-compose.yml, read by Compose', () => {
  it('is one that it takes, and is filled in with what .env says', ({ skip }) => {
    const { status, stdout, stderr } = config(skip, file)
    expect([status, stderr]).toEqual([0, ''])
    const { services } = parse(stdout)
    expect(Object.keys(services).toSorted()).toEqual(['app', 'azurite', 'caddy', 'postgres', 'redis'])
    expect(services.app.environment).toMatchObject({
      WEB_ORIGIN: 'https://desk.example.com',
      DATABASE_URL: `postgres://stratdesk:${settings.POSTGRES_PASSWORD}@postgres:5432/stratdesk`,
      SESSION_SECRET: settings.SESSION_SECRET,
    })
  })

  it.for<[fault: string, spoil: (text: string) => string, said: string]>([
    ['a misspelt key', (text) => text.replace('read_only:', 'readonly:'), 'readonly'],
    ['a condition that there is not', (text) => text.replaceAll('service_healthy', 'healthy'), 'condition'],
    ['a volume that nobody declares', (text) => text.replace('data:/data', 'elsewhere:/data'), 'elsewhere'],
    [
      'a word where there has to be a list',
      (text) => text.replace('cap_drop: [ALL]', 'cap_drop: ALL'),
      'cap_drop',
    ],
  ])('is refused with %s', ([, spoil, said], { skip }) => {
    expect(spoil(file)).not.toBe(file)
    const { status, stderr } = config(skip, spoil(file))
    expect(status).not.toBe(0)
    expect(stderr).toContain(said)
  })

  it.for(Object.keys(settings))('starts nothing without %s', (name, { skip }) => {
    const rest = Object.fromEntries(Object.entries(settings).filter(([other]) => other !== name))
    const { status, stderr } = config(skip, file, rest)
    expect(status).not.toBe(0)
    expect(stderr).toContain(`Set ${name} in .env`)
  })
})
