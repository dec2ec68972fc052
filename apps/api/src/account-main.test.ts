import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { migrate } from '@stratdesk/data/migrate'
import { openSessionTable } from '@stratdesk/data/sessions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresSessionStore } from './sign-in/stores/postgres-session-store.ts'
import { startTestServer, type TestServer } from './testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** Runs the command as the operator would, on the server's database unless `env` says otherwise. */
async function account(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = fork(fileURLToPath(new URL('./account-main.ts', import.meta.url)), [...args], {
    silent: true,
    env: { PATH: process.env['PATH'], DATABASE_URL: server.database.url, ...env },
  })
  const [out, err, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ])
  return { code, out: out.trim(), err: err.trim() }
}

describe('the operator’s command', { timeout: 120_000 }, () => {
  it('disables one account while the server runs, shows it, and enables it again', async () => {
    const [one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    const stream = await server.events(one)
    expect(await account(['disable', 'UK9394'])).toEqual({
      code: 0,
      out: 'UK9394 is disabled: its devices are signed out and its active runs are asked to stop.',
      err: '',
    })
    await stream.ended
    expect((await one.get('/api/session')).statusCode).toBe(401)
    expect((await two.get('/api/session')).statusCode).toBe(200)
    expect((await account(['disable', 'UK9394'])).out).toBe('UK9394 was disabled already.')
    expect((await account(['show', 'UK9394'])).out).toMatch(
      /^UK9394 {2}\S.*\nstatus {3}disabled since 20\d\d-.*Z\ndevices {2}.+\nruns {5}0 active$/,
    )
    expect((await account(['show', 'UK1234'])).out).toContain('status   enabled')
    expect((await account(['enable', 'UK9394'])).out).toBe('UK9394 may sign in again.')
    await expect.poll(async () => (await server.signIn('UK9394')).cookies.size).toBeGreaterThan(0)
  })

  it('says in a plain sentence what is wrong, and exits with 1', async () => {
    const usage =
      'Usage: pnpm account disable|enable|show <broker_id>, for example: pnpm account disable UK9394'
    for (const [args, said] of [
      [['disable', 'UK0099'], 'Nobody has signed in as UK0099 here: there is no such account.'],
      [['disable', 'UK9394', 'UK1234'], usage],
      [['disable', 'uk9394'], `"uk9394" is not a broker id. ${usage}`],
    ] as const) {
      expect([args, await account(args)]).toEqual([args, { code: 1, out: '', err: said }])
    }
    const wrong = await account(['show', 'UK9394'], { DATABASE_URL: 'mysql://x' })
    expect([wrong.code, wrong.err]).toEqual([78, expect.stringContaining('DATABASE_URL')])
  })

  it('ends the sessions of a shared store while no server runs, and counts them', async () => {
    const table = openSessionTable({ url: server.database.url, timeoutMs: 5000, onError: () => {} })
    const sessions = new PostgresSessionStore({ table, log: server.app.log })
    const shared = await startTestServer({
      place: { database: server.database, sim: server.sim, close: async () => {} },
      sessions,
    })
    const [one, two] = [shared.scope('UK0020').brokerId, shared.scope('UK0021').brokerId]
    await shared.signIn('UK0020')
    await shared.signIn('UK0021')
    const env = { SESSION_STORE: 'postgres' }
    expect((await account(['show', 'UK0020'], env)).out).toContain('devices  1 signed in')
    await shared.app.close()
    const reopened = openSessionTable({ url: server.database.url, timeoutMs: 5000, onError: () => {} })
    const left = new PostgresSessionStore({ table: reopened, log: server.app.log })
    expect((await account(['disable', 'UK0020'], env)).code).toBe(0)
    expect([await left.devices(one), (await left.devices(two)).length]).toEqual([[], 1])
    await left.close()
  })

  it('finds the Postgres that the server brings while it runs, and says what to do when it does not', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'stratdesk-account-'))
    const env = { DATABASE_URL: '', DATA_DIR: dir }
    expect(await account(['show', 'UK9394'], env)).toEqual({
      code: 1,
      out: '',
      err:
        `There is no DATABASE_URL, and the server's own Postgres under ${dir} is not running. ` +
        'Start the server, or set DATABASE_URL or DATA_DIR as it has them, and run this again.',
    })
    const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), port: 0 })
    await migrate(postgres.url)
    expect((await account(['show', 'UK9394'], env)).err).toContain('there is no such account')
    await postgres.stop()
    await rm(dir, { recursive: true, force: true })
  })
})
