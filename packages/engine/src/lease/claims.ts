import type { PgBoss } from 'pg-boss'
import { accountQueue, type AccountJob } from './queue.ts'

/** A job that this process took; `retryCount` tells this attempt from an earlier or later one of the same job. */
export interface Claim {
  readonly id: string
  readonly retryCount: number
  readonly brokerId: string
}

/** Takes up to `most` waiting jobs. */
export async function claimAccounts(boss: PgBoss, most: number): Promise<Claim[]> {
  const jobs = await boss.fetch<AccountJob>(accountQueue, { batchSize: most, includeMetadata: true })
  return jobs.map(({ id, retryCount, data }) => ({ id, retryCount, brokerId: data.brokerId }))
}

/** Renews the heartbeat of claims; the result holds the ids of those that are still ours. */
export async function keepAlive(boss: PgBoss, claims: readonly Claim[]): Promise<Set<string>> {
  const result: object = await boss.touch(accountQueue, [...claims])
  // pg-boss answers more than its type says: the ids whose claim the statement found alive.
  if (!('settled' in result) || !Array.isArray(result.settled)) {
    throw new Error('pg-boss does not say which heartbeats it took')
  }
  return new Set(result.settled)
}
