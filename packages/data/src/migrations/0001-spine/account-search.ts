import { type Kysely, sql } from 'kysely'

/**
 * How an engine finds accounts whose runs nobody looks after, over all brokers: by the one function that runs with the
 * rights of the owner. What it gives away is the ids of accounts with active runs, and nothing about them or the runs;
 * no request of a user ever calls it. The owner is held to row security as well, so the function looks into one account
 * after the other, by a list of ids that the application itself can neither read nor write. The clauses `set` make it
 * independent of the caller's settings, and take the account that it looked into last away when it returns.
 */
export async function createAccountSearch(db: Kysely<never>): Promise<void> {
  await sql`
    create table account_ids (id text primary key);

    create function note_account() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      insert into account_ids (id) values (new.broker_id) on conflict do nothing;
      return null;
    end $$;

    create trigger noted after insert on broker_accounts
      for each row execute function note_account();

    create function accounts_with_active_runs() returns setof text
    language plpgsql security definer set search_path = public, pg_temp set app.broker_id = '' as $$
    declare account text;
    begin
      for account in select id from account_ids order by id loop
        perform set_config('app.broker_id', account, true);
        if exists (select from runs where broker_id = account and status in ('starting', 'running', 'stopping')) then
          return next account;
        end if;
      end loop;
    end $$;

    revoke execute on function accounts_with_active_runs(), note_account() from public;
    grant execute on function accounts_with_active_runs() to stratdesk_app
  `.execute(db)
}
