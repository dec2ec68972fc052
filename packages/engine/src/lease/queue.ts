import { asApplication } from '@stratdesk/data/pool'
import { PgBoss } from 'pg-boss'

/** The queue of account actors: one job per account, which is the lease of that account. */
export const accountQueue = 'account-actor'

/** What a job of the queue says. */
export interface AccountJob {
  readonly brokerId: string
}

const daySeconds = 24 * 60 * 60

/**
 * `exclusive`: at most one job of an account is waiting or running, so whoever holds it is the only actor. A job never
 * runs out: a dead process's job goes back to waiting without end (the limit is Postgres's largest integer), and one
 * that waits for a server to come back is kept for ten years.
 */
export const queueSettings = {
  policy: 'exclusive',
  retryLimit: 2_147_483_647,
  retryDelay: 0,
  // pg-boss lets no job run longer than a day: actors hand over to themselves before (see lease.ts).
  expireInSeconds: daySeconds,
  retentionSeconds: 3650 * daySeconds,
  deleteAfterSeconds: 600,
} as const

/** How long a silent process keeps its accounts: the shortest heartbeat that pg-boss allows. */
export const leaseSeconds = 10

/** How the application's own connections to the queue are made. */
export interface QueueConnection {
  readonly url: string
  /** Whether this process looks for dead ones' jobs and puts them back. */
  readonly supervise: boolean
  readonly max: number
  readonly onError: (error: Error) => void
}

/** How long a claim lives without a heartbeat, as the queue is set up. Throws when the queue has not been created. */
export async function readLeaseSeconds(boss: PgBoss): Promise<number> {
  const queue = await boss.getQueue(accountQueue)
  if (!queue) throw new Error(`There is no queue ${accountQueue}: migrate the queue first`)
  return queue.heartbeatSeconds ?? leaseSeconds
}

/** A connection to the queue as the application's role: it changes no schema and installs nothing. */
export function openQueue({ url, supervise, max, onError }: QueueConnection): PgBoss {
  const boss = new PgBoss({
    ...asApplication(url),
    application_name: 'stratdesk-queue',
    max,
    connectionTimeoutMillis: 5_000,
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise,
    // Together with the heartbeat these decide how soon a dead process's accounts are taken over.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    // These belong to the owner of the tables, which we are not.
    reindex: false,
    monitorVacuum: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
  })
  boss.on('error', onError)
  return boss
}
