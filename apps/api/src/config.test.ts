import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

const production = {
  NODE_ENV: 'production',
  WEB_ORIGIN: 'https://desk.example.com',
  DATABASE_URL: 'postgres://desk@db/desk',
  SESSION_SECRET: 'fedcba9876543210'.repeat(2),
}

describe('the configuration', () => {
  it('needs nothing in development', () => {
    expect(readConfig({ PORT: '' })).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 8080,
      webOrigin: 'http://localhost:5173',
      https: false,
      databaseUrl: undefined,
      embeddedPostgresPort: 54329,
      engine: 'inline',
      sessionMs: 24 * 3_600_000,
      kite: { apiUrl: 'https://api.kite.trade', simulated: false, serverKeys: undefined },
    })
  })

  it.each([
    [{}, 'memory'],
    [{ WORKERS: '2' }, 'postgres', true],
    [{ SESSION_STORE: 'postgres', WORKERS: '2' }, 'postgres'],
    [{ REDIS_URL: 'rediss://:secret@redis:6379/1' }, 'redis'],
    [{ REDIS_URL: 'redis://redis', WORKERS: '2' }, 'redis'],
    [{ REDIS_URL: 'redis://redis', SESSION_STORE: 'postgres' }, 'postgres'],
    [{ REDIS_URL: 'redis://redis', SESSION_STORE: 'memory' }, 'memory'],
    [{ SESSION_STORE: 'postgres' }, 'postgres'],
  ])('with %j keeps sessions in %s', (given, store, postgresForWorkers = false) => {
    expect(readConfig(given)).toMatchObject({ sessionStore: store, postgresForWorkers })
  })

  it.each([
    [{ SESSION_STORE: 'redis' }, /SESSION_STORE: redis needs REDIS_URL$/],
    [{ SESSION_STORE: 'memory', WORKERS: '2' }, /SESSION_STORE: memory is for one process/],
    [{ SESSION_STORE: 'memory', WORKERS: '2', REDIS_URL: 'redis://redis' }, /SESSION_STORE: memory/],
    [{ SESSION_STORE: 'file' }, /SESSION_STORE/],
    [{ REDIS_URL: 'http://redis' }, /REDIS_URL/],
    [{ WORKERS: '0' }, /WORKERS/],
  ])('does not start with %j', (given, message) => {
    expect(() => readConfig(given)).toThrow(message)
  })

  it('serves the built web app in production alone, unless told otherwise', () => {
    expect(readConfig({}).webDir).toBeUndefined()
    expect(readConfig({ WEB_DIR: 'somewhere' }).webDir).toBe('somewhere')
    expect(readConfig(production).webDir).toMatch(/apps[\\/]web[\\/]dist$/)
    expect(readConfig({ ...production, WEB_DIR: 'none' }).webDir).toBeUndefined()
  })

  it('knows the simulator by its address on this machine', () => {
    for (const host of ['127.0.0.1:4010', 'localhost:4010', '[::1]:4010']) {
      expect(readConfig({ KITE_API_URL: `http://${host}` }).kite.simulated).toBe(true)
    }
    expect(readConfig({ KITE_API_URL: 'https://localhost.evil.example' }).kite.simulated).toBe(false)
  })

  it('reads lists', () => {
    const newest = 'aaaabbbbccccddddeeeeffff0123456789'
    const config = readConfig({
      ...production,
      SESSION_SECRET: `${newest}, ${'o'.repeat(32)}`,
      ALLOWED_BROKER_IDS: 'UK9394,UK1234',
      TRUST_PROXY: '127.0.0.1',
    })
    expect(config.sessionSecrets).toEqual([newest, 'o'.repeat(32)])
    expect([...config.allowedBrokerIds]).toEqual(['UK9394', 'UK1234'])
    expect([config.https, config.trustProxy]).toEqual([true, ['127.0.0.1']])
  })

  it('takes all three settings of Azure, or none', () => {
    const azure = { AZURE_BLOB_ACCOUNT_NAME: 'desk1', AZURE_BLOB_CONTAINER_NAME: 'logs' }
    expect(readConfig({}).azure).toBeUndefined()
    expect(readConfig({ ...azure, AZURE_BLOB_STORAGE_KEY: 'a2V5' }).azure?.endpoint).toMatch(
      /^https:\/\/desk1\./,
    )
    expect(() => readConfig(azure)).toThrow(/Set all three or none/)
    expect(() =>
      readConfig({ ...azure, AZURE_BLOB_ACCOUNT_NAME: '../x', AZURE_BLOB_STORAGE_KEY: 'a' }),
    ).toThrow(/AZURE_BLOB_ACCOUNT_NAME/)
  })

  it('says everything that is wrong with it at once', () => {
    const wrong = {
      ...production,
      PORT: 'http',
      WEB_ORIGIN: 'https://desk.example.com/app',
      SESSION_SECRET: 'short',
      ENGINE: 'on',
    }
    expect(() => readConfig(wrong)).toThrow(/PORT.*\n.*WEB_ORIGIN.*\n.*SESSION_SECRET: Each.*\n.*ENGINE/s)
  })

  it('says contradictions between the others also when some are wrong by themselves', () => {
    const wrong = { NODE_ENV: 'production', PORT: 'x', SESSION_SECRET: 'short', WORKERS: '2' }
    const lines = (given: Record<string, string>) => {
      try {
        readConfig(given)
      } catch (error) {
        return String(error).match(/^ {2}[A-Z_]+/gm)
      }
      return []
    }
    expect(lines({ ...wrong, SESSION_STORE: 'memory' })).toEqual([
      '  PORT',
      '  SESSION_SECRET',
      '  DATABASE_URL',
      '  SESSION_STORE',
    ])
    // What could be right once the wrong one is, is not said to be wrong.
    expect(lines({ SESSION_STORE: 'redis', REDIS_URL: 'http://redis' })).toEqual(['  REDIS_URL'])
  })

  it('needs three variables in production, which then is for its own machine', () => {
    const { WEB_ORIGIN: _origin, ...three } = production
    expect(readConfig(three)).toMatchObject({
      production: true,
      host: '127.0.0.1',
      webOrigin: 'http://localhost:8080',
      https: false,
      ownMachineOnly: true,
    })
    expect(readConfig({ ...three, HOST: '::1', PORT: '8081' }).webOrigin).toBe('http://localhost:8081')
    for (const host of ['0.0.0.0', '::', '192.0.2.7', 'desk.example.com']) {
      expect(() => readConfig({ ...three, HOST: host })).toThrow(
        /WEB_ORIGIN: Required in production where HOST lets in other machines/,
      )
    }
    // What the way with Caddy and systemd has, where somebody forgot the address.
    expect(() => readConfig({ ...three, TRUST_PROXY: '127.0.0.1' })).toThrow(
      /WEB_ORIGIN: Required in production behind a proxy/,
    )
    expect(readConfig({ ...production, TRUST_PROXY: '127.0.0.1' }).ownMachineOnly).toBe(false)
    expect(readConfig({}).ownMachineOnly).toBe(false)
  })

  it('names what production cannot do without', () => {
    expect(() => readConfig({ NODE_ENV: 'production', KITE_API_KEY: 'key' })).toThrow(
      /DATABASE_URL: Required.*SESSION_SECRET: Required.*KITE_API_SECRET: Set both/s,
    )
    expect(() => readConfig({ ...production, WEB_ORIGIN: 'http://desk.example.com' })).toThrow(
      /WEB_ORIGIN: Must be https/,
    )
  })

  it('takes no secret in production that can be guessed, but those that are on their way out', () => {
    const [good, weak] = [production.SESSION_SECRET, 'ab'.repeat(20)]
    expect(() => readConfig({ ...production, SESSION_SECRET: weak, CREDENTIALS_KEY: weak })).toThrow(
      /SESSION_SECRET: Can be guessed.*\n.*CREDENTIALS_KEY: Can be guessed/,
    )
    expect(readConfig({ ...production, SESSION_SECRET: `${good},${weak}` }).sessionSecrets).toHaveLength(2)
    expect(readConfig({ SESSION_SECRET: weak }).sessionSecrets).toEqual([weak])
  })
})
