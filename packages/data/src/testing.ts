import { hash } from 'node:crypto'
import pg from 'pg'
import { migrate } from './migrate.ts'
import { migrations } from './migrations.ts'
import { uuidv7 } from './uuid.ts'

/** A database of one test's own. */
export interface TestDatabase {
  /** As the owner; pools made from it by createPool run as the application's role. */
  readonly url: string
  drop(): Promise<void>
}

/**
 * A fresh, migrated database, copied from a template in some tens of milliseconds. It lives on the server that
 * vitest's global setup started; outside vitest, TEST_POSTGRES_URL names a server (as a superuser).
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_POSTGRES_URL']
  if (!server)
    throw new Error('Set TEST_POSTGRES_URL, or run under the vitest configuration of the repository')
  const template = await ensureTemplate(server)
  const name = `test_${uuidv7().replaceAll('-', '')}`
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`))
  return {
    url: databaseUrl(server, name),
    drop: () => onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
  }
}

const templates = new Map<string, Promise<string>>()

function ensureTemplate(server: string): Promise<string> {
  const known = templates.get(server)
  if (known) return known
  const made = makeTemplate(server)
  templates.set(server, made)
  return made
}

/** Made once a server: others wait on the lock, and its name changes with the list of migrations. */
async function makeTemplate(server: string): Promise<string> {
  const name = `stratdesk_template_${hash('sha256', Object.keys(migrations).join(), 'hex').slice(0, 12)}`
  await onServer(server, async (client) => {
    await client.query('select pg_advisory_lock(7301)')
    const { rowCount } = await client.query('select from pg_database where datname = $1 and datistemplate', [
      name,
    ])
    if (rowCount !== 0) return
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name}`)
    await migrate(databaseUrl(server, name))
    // Marked last: a template that was interrupted half-way is made anew.
    await client.query(`alter database ${name} is_template true`)
  })
  return name
}

async function onServer(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(databaseUrl(server, 'postgres'))
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function databaseUrl(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}
