import pg from 'pg'

/**
 * Makes a dead process's accounts free after `seconds` instead of the ten that pg-boss insists on, so that a test can
 * kill often. For engines started afterwards.
 */
export async function shortenLease(url: string, seconds: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('update pgboss.queue set heartbeat_seconds = $1', [seconds])
  await client.end()
}
