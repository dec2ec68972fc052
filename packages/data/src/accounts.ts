import type pg from 'pg'
import type { BrokerScope } from './scope.ts'

/** What the server's operator may know of an account: no secret, and nothing of what it trades. */
export interface AccountState {
  readonly name: string
  readonly createdAt: Date
  /** Null while the account may sign in. */
  readonly disabledAt: Date | null
}

/** The account's state; undefined when nobody has signed in with its id. */
export async function accountState(scope: BrokerScope): Promise<AccountState | undefined> {
  return await scope
    .read('broker_accounts')
    .selectFrom('broker_accounts')
    .select(['name', 'created_at as createdAt', 'disabled_at as disabledAt'])
    .executeTakeFirst()
}

/**
 * Disables the account (`at`) or enables it again (null), and tells every API process at commit. False when it was so
 * already. Call it in the transaction that holds the account's row.
 */
export async function setDisabledAt(scope: BrokerScope, at: Date | null): Promise<boolean> {
  const changed = await scope
    .update('broker_accounts')
    .set({ disabled_at: at })
    .where('disabled_at', at === null ? 'is not' : 'is', null)
    .returning('broker_id')
    .executeTakeFirst()
  if (changed) await scope.notify('account_access', at === null ? 'enabled' : 'disabled')
  return changed !== undefined
}

/** The ids of all disabled accounts: for servers that were away when they were told, and nobody else. */
export async function disabledAccounts(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('select disabled_accounts() as id')
  return rows.map(({ id }) => id)
}
