import { type Kysely, sql } from 'kysely'

/**
 * Accounts that the server's operator has disabled, and the reading of the audit log. The log no longer refers to
 * accounts: a sign-in that is refused leaves a row under an id that may have no account here, and nothing else of it is
 * kept; the form of the id is checked in its place. Lists are ordered by time, so each filter has an index of its own.
 * disabled_accounts tells the ids of disabled accounts and nothing about them, in the way of accounts_with_active_runs:
 * a server that did not hear of one, because it was away, asks for them all.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table broker_accounts add column disabled_at timestamptz(3);

    alter table audit_log drop constraint audit_log_broker_id_fkey;
    alter table audit_log add constraint audit_log_broker_id_check check (broker_id ~ '^[A-Z0-9]{2,16}$');
    create index audit_log_newest on audit_log (broker_id, time desc, id desc);
    create index audit_log_of_action on audit_log (broker_id, action, time desc, id desc);
    create index audit_log_of_device on audit_log (broker_id, device_id, time desc, id desc);

    create function disabled_accounts() returns setof text
    language plpgsql security definer set search_path = public, pg_temp set app.broker_id = '' as $$
    declare account text;
    begin
      for account in select id from account_ids order by id loop
        perform set_config('app.broker_id', account, true);
        if exists (select from broker_accounts where broker_id = account and disabled_at is not null) then
          return next account;
        end if;
      end loop;
    end $$;

    revoke execute on function disabled_accounts() from public;
    grant execute on function disabled_accounts() to stratdesk_app
  `.execute(db)
}
