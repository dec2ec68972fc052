import { type Kysely, sql } from 'kysely'

/**
 * Where a process of the list runs, as far as process ids go: two of one place have different ones. Two containers may
 * have one host name and the same ids in it. Null where that is not known, and for older programs, which do not say it.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table servers add column place text`.execute(db)
}
