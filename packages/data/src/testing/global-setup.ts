import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbeddedPostgres } from '../embedded-postgres.ts'

/** Starts one Postgres for the whole run; tests take databases from it with createTestDatabase. */
export async function setup(): Promise<() => Promise<void>> {
  const dir = await mkdtemp(path.join(tmpdir(), 'stratdesk-test-'))
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
