import type { BrokerScope } from '@stratdesk/data/scope'
import pg from 'pg'

/** Another actor has taken the account: this one must do nothing more. */
export class LostLeaseError extends Error {
  override readonly name = 'LostLeaseError'
}

/** Makes the caller the account's one actor: every transaction under an older number is refused from now on. */
export async function takeFence(scope: BrokerScope): Promise<string | undefined> {
  const account = await scope
    .update('broker_accounts')
    .set((row) => ({ fence: row('fence', '+', '1') }))
    .returning('fence')
    .executeTakeFirst()
  return account?.fence
}

/**
 * Takes the account again for whoever holds it under `fence`, and answers the new number; throws when it has another actor.
 * Waits for a transaction under the old number that is under way, and shuts out one that has not begun: what is read
 * afterwards is all there will be of it.
 */
export async function retakeFence(scope: BrokerScope, fence: string): Promise<string> {
  const account = await scope
    .update('broker_accounts')
    .set((row) => ({ fence: row('fence', '+', '1') }))
    .where('fence', '=', fence)
    .returning('fence')
    .executeTakeFirst()
  if (account === undefined) throw new LostLeaseError(`stale fence ${fence}`)
  return account.fence
}

/**
 * Makes a lost lease of what Postgres says of a stale fence. Whoever writes under a fence holds the account's row, so that
 * a successor's `takeFence` waits for the commit and then sees all of it; after `takeFence` nothing gets through.
 */
export async function underFence(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== 'SD001') throw error
    throw new LostLeaseError(error.message, { cause: error })
  }
}
