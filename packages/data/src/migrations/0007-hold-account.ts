import { type Kysely, sql } from 'kysely'

/**
 * hold_account locks the account until the transaction ends, and fails unless the fence is still the account's: so a
 * whole transaction of an actor can be sent at once, without waiting for the answer to whether it may go on.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function hold_account(held_fence bigint) returns void
    language plpgsql as $$
    begin
      perform from broker_accounts
        where broker_id = nullif(current_setting('app.broker_id', true), '') and fence = held_fence
        for no key update;
      if not found then raise exception 'stale fence %', held_fence using errcode = 'SD001'; end if;
    end $$
  `.execute(db)
}
