import cluster from 'node:cluster'
import { join } from 'node:path'
import { migrate } from '@stratdesk/data/migrate'
import { assertSafeRole, createPool } from '@stratdesk/data/pool'
import { migrateQueue } from '@stratdesk/engine/migrate'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { type Config, ConfigurationError } from './config.ts'
import type { Closers } from './run-process.ts'

/** Longer than any transaction of ours; whoever keeps a lock for longer must not take all connections with it. */
const lockTimeoutMs = 2000

/** The database, migrated, and a pool on it that runs as the application's role. */
export interface OpenDatabase {
  readonly url: string
  readonly pool: Pool
}

/** Starts the embedded Postgres when no other is configured, migrates, and refuses a role that can see too much. */
export async function openDatabase(config: Config, log: Logger, closers: Closers): Promise<OpenDatabase> {
  const url = config.databaseUrl ?? (await startEmbedded(config, closers))
  // Workers are started by a process that has done it.
  if (cluster.isPrimary) {
    const { applied } = await migrate(url)
    if (applied.length > 0) log.info({ applied }, 'database migrated')
    await migrateQueue(url)
  }
  let isClosing = false
  const onError = (error: Error) => {
    if (!isClosing) log.warn({ err: error }, 'a database connection was lost')
  }
  const pool = createPool({ url, applicationName: 'stratdesk-api', lockTimeoutMs, onError })
  closers.add(() => {
    isClosing = true
    return pool.end()
  })
  await assertSafeRole(pool)
  return { url, pool }
}

async function startEmbedded(config: Config, closers: Closers): Promise<string> {
  // A server with a database of its own does not load it.
  const { PortTakenError, startEmbeddedPostgres } = await import('@stratdesk/data/embedded-postgres')
  const port = config.embeddedPostgresPort
  try {
    const postgres = await startEmbeddedPostgres({ dir: join(config.dataDir, 'postgres'), port })
    closers.add(() => postgres.stop())
    return postgres.url
  } catch (error) {
    if (!(error instanceof PortTakenError)) throw error
    throw new ConfigurationError(portTaken('Postgres', port, 'EMBEDDED_PG_PORT'))
  }
}

/** The line that says a port is taken and what to do. */
export function portTaken(what: string, port: number, variable: string): string {
  return `Port ${port} (${what}) is taken: stop what uses it, or set ${variable} to another port.`
}
