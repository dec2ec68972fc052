import { type Kysely, sql } from 'kysely'

/**
 * append_event numbers an account's events without gaps and keeps about the newest 10,000 of them.
 * refuse_stale_fence keeps an actor that has lost its account from deciding on orders; it waits for an actor that is
 * just taking the account.
 * add_to_run keeps the sums of a run's round trips on its row, whoever adds them, so that nobody has to sum them up.
 */
export async function createFunctions(db: Kysely<never>): Promise<void> {
  await sql`
    create function append_event(event_type text, event_payload jsonb) returns bigint
    language plpgsql as $$
    declare next_seq bigint; owner text := nullif(current_setting('app.broker_id', true), '');
    begin
      update broker_accounts set event_seq = event_seq + 1 where broker_id = owner returning event_seq into next_seq;
      if next_seq is null then raise exception 'append_event: no such account'; end if;
      insert into events (broker_id, seq, type, payload) values (owner, next_seq, event_type, event_payload);
      if next_seq % 500 = 0 then
        delete from events where broker_id = owner and seq <= next_seq - 10000;
      end if;
      perform pg_notify('account_events', owner || ' ' || next_seq);
      return next_seq;
    end $$;

    create function notify_account_wanted() returns trigger
    language plpgsql as $$
    begin
      perform pg_notify('account_wanted', new.broker_id);
      return null;
    end $$;

    create trigger run_wanted after insert or update of desired on runs
      for each row execute function notify_account_wanted();

    create function refuse_stale_fence() returns trigger
    language plpgsql as $$
    declare current_fence bigint;
    begin
      select fence into current_fence from broker_accounts where broker_id = new.broker_id for share;
      if current_fence is distinct from new.fence then
        raise exception 'stale fence % (now %)', new.fence, current_fence using errcode = 'SD001';
      end if;
      return new;
    end $$;

    create trigger fenced before insert on order_intents
      for each row execute function refuse_stale_fence();

    create function add_to_run() returns trigger
    language plpgsql as $$
    begin
      update runs set
        trade_count = runs.trade_count + added.trade_count, gross = runs.gross + added.gross,
        charges = runs.charges + added.charges
      from (
        select broker_id, run_id, count(*) as trade_count, sum(gross) as gross, sum(charges) as charges
        from new_trades group by broker_id, run_id
      ) as added
      where runs.broker_id = added.broker_id and runs.id = added.run_id;
      return null;
    end $$;

    create trigger summed after insert on trades
      referencing new table as new_trades for each statement execute function add_to_run();
  `.execute(db)
}
