import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { clearLeftover, isAbandoned } from '../embedded/leftover.ts'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'

const prefix = path.join(tmpdir(), 'stratdesk-test-')

/** Ends the servers of runs that were killed, which could not end them themselves. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const dir = path.join(tmpdir(), name)
    if (!dir.startsWith(prefix) || !(await isAbandoned(dir))) continue
    await clearLeftover(dir)
    await rm(dir, { recursive: true, force: true })
  }
}

/** Starts one Postgres for the whole run; tests take databases from it with createTestDatabase. */
export async function setup(): Promise<() => Promise<void>> {
  await sweep()
  const dir = await mkdtemp(prefix)
  const server = await startEmbeddedPostgres({
    dir,
    port: 0,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', shared_buffers: '64MB' },
  })
  process.env['TEST_POSTGRES_URL'] = server.url
  return async () => {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}
