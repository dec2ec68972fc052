import type { BrokerScope } from '@stratdesk/data/scope'

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
 * Runs `work` in a transaction that commits only while `fence` is the account's. The account's row stays locked, so that
 * a successor's `takeFence` waits for the commit and then sees all of it; after `takeFence` nothing here gets through.
 */
export async function fenced<Result>(
  scope: BrokerScope,
  fence: string,
  work: (tx: BrokerScope) => Promise<Result>,
): Promise<Result> {
  return await scope.transaction(async (tx) => {
    const account = await tx.lockAccount()
    if (account?.fence !== fence) {
      throw new LostLeaseError(`The account has the fence ${account?.fence ?? 'none'}, this actor ${fence}`)
    }
    return await work(tx)
  })
}
