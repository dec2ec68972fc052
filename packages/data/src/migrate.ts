import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { migrations } from './migrations.ts'
import { applicationRole } from './pool.ts'

/**
 * Brings the database up to date as its owner, all or nothing, and returns the names of what was applied.
 * Processes that start together wait for each other on an advisory lock.
 */
export async function migrate(url: string): Promise<{ readonly applied: readonly string[] }> {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 5000 })
  pool.on('error', ignore)
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) })
  try {
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    })
    const { error, results = [] } = await migrator.migrateToLatest()
    if (error) throw new Error(`The database could not be migrated${hintFor(error)}`, { cause: error })
    // Readiness reads which migrations there are; nobody but the owner writes them.
    const { rows } = await pool.query<{ may: boolean }>(
      "select has_table_privilege($1, 'kysely_migration', 'select') as may",
      [applicationRole],
    )
    // Only once: servers that start together would disturb each other's grant.
    if (!rows[0]?.may) await pool.query(`grant select on kysely_migration to ${applicationRole}`)
    return { applied: results.map((result) => result.migrationName) }
  } finally {
    await db.destroy()
  }
}

/** An owner that is no superuser may use the setting that row security reads only when a superuser allows it. */
function hintFor(error: unknown): string {
  if (!(error instanceof Error) || !error.message.includes('app.broker_id')) return ''
  return ': let a superuser run `grant set on parameter app.broker_id to` its owner first'
}

function ignore(): void {}

/** The names of migrations the database lacks; a server is ready when there are none. */
export async function pendingMigrations(pool: pg.Pool): Promise<readonly string[]> {
  const names = Object.keys(migrations)
  try {
    const { rows } = await pool.query<{ name: string }>('select name from kysely_migration')
    const applied = new Set(rows.map((row) => row.name))
    return names.filter((name) => !applied.has(name))
  } catch (error) {
    const isUnmigrated =
      error instanceof pg.DatabaseError && (error.code === '42P01' || error.code === '42501')
    if (isUnmigrated) return names
    throw error
  }
}
