import { readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { postgresBinaries } from './embedded/binaries.ts'
import { openCluster } from './embedded/cluster.ts'
import { clearLeftover, isPostmasterOf, recordOwner } from './embedded/leftover.ts'
import { freePort } from './embedded/port.ts'
import { postgresUser } from './embedded/run-as.ts'
import { startServer, stopServer } from './embedded/server.ts'
import { possibleDirectories, reachableDirectory } from './embedded/state-directory.ts'

export { PortTakenError } from './embedded/port.ts'

export interface EmbeddedPostgresOptions {
  /** Where the data lives; kept between starts. As root, a directory `postgres` cannot reach is replaced by one it can. */
  readonly dir: string
  /** 0 takes any free port. */
  readonly port: number
  /** Receives Postgres' log, a line at a time. */
  readonly log?: (line: string) => void
  /** Further settings of the server, such as `fsync=off` for tests. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface EmbeddedPostgres {
  /** The database `stratdesk`, as its owner. */
  readonly url: string
  /** Stops the server and resolves when no process of it is left. */
  stop(): Promise<void>
}

/** The address of the embedded Postgres that another process runs on a directory now; undefined when none does. */
export async function findEmbeddedPostgres(dir: string): Promise<string | undefined> {
  for (const directory of possibleDirectories(dir)) {
    const dataDir = path.join(directory, 'data')
    const state = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')
    // The file's first line is the process, its fourth the port (https://www.postgresql.org/docs/18/storage-file-layout.html).
    const [pid, , , port] = state.split('\n')
    if (!port || !(await isPostmasterOf(Number(pid), dataDir))) continue
    const password = (await readFile(path.join(directory, 'owner-password'), 'utf8')).trim()
    return addressOf(password, Number(port), 'stratdesk')
  }
  return undefined
}

function addressOf(password: string, port: number, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
}

/**
 * Starts the Postgres that comes with the npm package, on 127.0.0.1. Data outlives it; a server left running by a
 * killed process is stopped first. Throws PortTakenError, or when a living process uses the same directory.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await postgresUser()
  const dir = await reachableDirectory(options.dir, user)
  await clearLeftover(dir)
  const port = await freePort(options.port)
  const binaries = await postgresBinaries(user)
  const { dataDir, password } = await openCluster(dir, binaries, user)
  await recordOwner(dir)
  const child = await startServer({
    postgres: binaries.postgres,
    dataDir,
    port,
    user,
    settings: { ...defaults, ...options.settings },
    log: options.log ?? ignore,
  })
  // For a process that ends without stop(): the signal is sent, the clean end happens without us.
  const stopOnExit = () => child.kill('SIGINT')
  process.once('exit', stopOnExit)
  const stop = async () => {
    await stopServer(child)
    process.off('exit', stopOnExit)
  }
  try {
    await ensureDatabase(addressOf(password, port, 'postgres'))
  } catch (error) {
    await stop()
    throw error
  }
  return { url: addressOf(password, port, 'stratdesk'), stop }
}

const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  max_connections: '200',
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rowCount } = await client.query("select from pg_database where datname = 'stratdesk'")
    if (rowCount === 0) await client.query('create database stratdesk')
  } finally {
    await client.end()
  }
}

function ignore(): void {}
