import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { postgresBinaries, reachableCopy } from './embedded/binaries.ts'
import { isRunning } from './embedded/leftover.ts'
import { postgresUser } from './embedded/run-as.ts'
import { reachableDirectory } from './embedded/state-directory.ts'
import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  PortTakenError,
  startEmbeddedPostgres,
} from './embedded-postgres.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'stratdesk-embedded-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function postmaster(directory: string): Promise<number> {
  return Number((await readFile(path.join(directory, 'data/postmaster.pid'), 'utf8')).split('\n')[0])
}

describe('one directory', () => {
  test('a first start makes a UTF-8 database in UTC; stopping leaves no process', async () => {
    const server = await startEmbeddedPostgres({ dir, port: 0 })
    const settings = `select current_setting('server_encoding') as encoding, current_setting('timezone') as zone,
      current_database() as name, upper('ü') as upper`
    expect(await query(server.url, settings)).toEqual([
      { encoding: 'UTF8', zone: 'UTC', name: 'stratdesk', upper: 'Ü' },
    ])
    await query(server.url, 'create table kept (n integer); insert into kept values (1)')
    const pid = await postmaster(dir)
    await server.stop()
    expect(await isRunning(pid)).toBe(false)
    await server.stop()
  })

  test('a second start keeps the data, and a third beside it is refused while it lives', async () => {
    const server = await startEmbeddedPostgres({ dir, port: 0 })
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 1 }])
    await expect(startEmbeddedPostgres({ dir, port: 0 })).rejects.toThrow(`in use by process ${process.pid}`)
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 1 }])
    await server.stop()
  })

  test('is found by whoever knows the directory while its server runs, and not before or after', async () => {
    expect(await findEmbeddedPostgres(dir)).toBeUndefined()
    const server = await startEmbeddedPostgres({ dir, port: 0 })
    expect(await findEmbeddedPostgres(dir)).toBe(server.url)
    await server.stop()
    expect(await findEmbeddedPostgres(dir)).toBeUndefined()
  })

  test('a start after the server was killed recovers what was committed', async () => {
    const server = await startEmbeddedPostgres({ dir, port: 0 })
    await query(server.url, 'insert into kept values (2)')
    const pid = await postmaster(dir)
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), { timeout: 15_000 })
    expect(await postmaster(dir)).toBe(pid)

    const next = await startEmbeddedPostgres({ dir, port: 0 })
    expect(await query(next.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
    await next.stop()
    await server.stop()
  })

  test('a start after its owner was killed takes over from the server left running', async () => {
    const { child, url } = await startElsewhere(dir)
    await query(url, 'insert into kept values (3)')
    const orphan = await postmaster(dir)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await isRunning(orphan)).toBe(true)

    const server = await startEmbeddedPostgres({ dir, port: 0 })
    expect(await isRunning(orphan)).toBe(false)
    expect(await query(server.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
    await server.stop()
  })

  test('a pid file that names a stranger stops nobody', async () => {
    await writeFile(path.join(dir, 'data/postmaster.pid'), `${process.pid}\n${dir}/data\n`)
    const server = await startEmbeddedPostgres({ dir, port: 0 })
    expect(await query(server.url, 'select count(*)::integer as n from kept')).toEqual([{ n: 3 }])
    await server.stop()
  })

  test('an owner that exits without stopping it leaves no server behind', async () => {
    const { child } = await startElsewhere(dir)
    const pid = await postmaster(dir)
    child.kill('SIGUSR2')
    await once(child, 'exit')
    await vi.waitFor(async () => expect(await isRunning(pid)).toBe(false), { timeout: 15_000 })
  })

  test('a pool outlives a restart of the server', async () => {
    const { createPool } = await import('./pool.ts')
    const { migrate } = await import('./migrate.ts')
    const first = await startEmbeddedPostgres({ dir, port: 0 })
    await migrate(first.url)
    const lost: Error[] = []
    const pool = createPool({ url: first.url, max: 4, onError: (error) => lost.push(error) })
    await Promise.all(Array.from({ length: 4 }, () => pool.query('select 1')))
    await first.stop()
    await expect(pool.query('select 1')).rejects.toThrow()
    expect(lost.length).toBeGreaterThan(0)

    const second = await startEmbeddedPostgres({ dir, port: Number(new URL(first.url).port) })
    expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await pool.end()
    await second.stop()
  })

  test('a making of the database that was interrupted is begun anew', async () => {
    const fresh = path.join(dir, 'fresh')
    await mkdir(path.join(fresh, 'data.unfinished'), { recursive: true })
    await writeFile(path.join(fresh, 'data.unfinished/PG_VERSION'), '18\n')
    const server = await startEmbeddedPostgres({ dir: fresh, port: 0 })
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }])
    await server.stop()
  })
})

test('a taken port is told by its number', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const start = startEmbeddedPostgres({ dir, port })
  await expect(start).rejects.toBeInstanceOf(PortTakenError)
  await expect(start).rejects.toMatchObject({ code: 'EADDRINUSE', port })
  taken.close()
})

test.runIf(process.getuid?.() === 0)(
  'as root, a private directory is replaced by the same other one each time',
  async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'stratdesk-private-'))
    await chmod(home, 0o700)
    const wanted = path.join(home, '.data/postgres')
    const user = await postgresUser()
    const used = await reachableDirectory(wanted, user)
    expect(used).not.toBe(wanted)
    let server: EmbeddedPostgres | undefined = await startEmbeddedPostgres({ dir: wanted, port: 0 })
    await query(server.url, 'create table kept (n integer)')
    await server.stop()
    server = await startEmbeddedPostgres({ dir: wanted, port: 0 })
    expect(await query(server.url, 'select n from kept')).toEqual([])
    await server.stop()

    // The next directory that needs one clears away what stood for a directory that is gone, once its owner is.
    await writeFile(path.join(used, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '' }))
    await rm(home, { recursive: true })
    const another = await mkdtemp(path.join(tmpdir(), 'stratdesk-private-'))
    const standIn = await reachableDirectory(path.join(another, 'postgres'), user)
    expect(existsSync(used)).toBe(false)
    await rm(another, { recursive: true })
    await rm(standIn, { recursive: true })
  },
)

test.runIf(process.getuid?.() === 0)(
  'as root, programs in a private directory are copied once to where they run',
  async () => {
    const user = await postgresUser()
    const { postgres } = await postgresBinaries(user)
    const home = await mkdtemp(path.join(tmpdir(), 'stratdesk-private-'))
    await chmod(home, 0o700)
    const native = path.join(home, 'native')
    await cp(path.resolve(postgres, '../..'), native, { recursive: true, verbatimSymlinks: true })
    const copy = await reachableCopy(native, `test-${process.pid}`, user)
    expect(await reachableCopy(native, `test-${process.pid}`, user)).toBe(copy)
    expect(copy.startsWith(home)).toBe(false)
    const { status, stdout } = spawnSync(path.join(copy, 'bin/postgres'), ['--version'], {
      ...user,
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^postgres \(PostgreSQL\) 18/),
    })
    await rm(home, { recursive: true })
    await rm(copy, { recursive: true })
  },
)

async function startElsewhere(directory: string): Promise<{ child: ChildProcess; url: string }> {
  const script = fileURLToPath(new URL('testing/start-and-wait.ts', import.meta.url))
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { child, url: String(line).trim() }
}
