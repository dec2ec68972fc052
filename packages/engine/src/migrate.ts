import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { accountQueue, leaseSeconds, queueSettings } from './lease/queue.ts'

const lockKey = 7_203_114

/**
 * Creates or upgrades the job queue's schema `pgboss` as the owner and lets the application's role work in it. Safe to
 * run from several processes at once, and again and again. The role `stratdesk_app` must exist (migrate the data first).
 */
export async function migrateQueue(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'stratdesk-migrate-queue' })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await install(url)
    await client.query(`
      grant usage on schema pgboss to stratdesk_app;
      grant select, insert, update, delete on all tables in schema pgboss to stratdesk_app;
      grant usage on all sequences in schema pgboss to stratdesk_app;
      grant execute on all functions in schema pgboss to stratdesk_app;
    `)
  } finally {
    await client.end()
  }
}

async function install(url: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'stratdesk-migrate-queue',
    max: 2,
    schedule: false,
    supervise: false,
    registerInstance: false,
  })
  const failures: Error[] = []
  boss.on('error', (error) => failures.push(error))
  try {
    await boss.start()
    const settings = { ...queueSettings, heartbeatSeconds: leaseSeconds }
    if (await boss.getQueue(accountQueue)) {
      const { policy: _fixed, ...changeable } = settings
      await boss.updateQueue(accountQueue, changeable)
    } else {
      await boss.createQueue(accountQueue, settings)
    }
  } finally {
    await boss.stop({ graceful: false })
  }
  const [failure] = failures
  if (failure) throw new Error('The job queue could not be installed', { cause: failure })
}
