import { type Kysely, sql } from 'kysely'

/**
 * log_events numbers an account's events without gaps, keeps about the newest 10,000 of them, and returns the last number.
 * It tells nobody: Postgres lets transactions that notify commit only one after the other, each with its wait for the
 * disk, so whoever writes much notifies in a transaction of its own behind it. append_event is both in one, as before.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function log_events(listed jsonb) returns bigint
    language plpgsql as $$
    declare
      last_seq bigint;
      added integer := jsonb_array_length(listed);
      owner text := nullif(current_setting('app.broker_id', true), '');
    begin
      update broker_accounts set event_seq = event_seq + added where broker_id = owner returning event_seq into last_seq;
      if last_seq is null then raise exception 'log_events: no such account'; end if;
      insert into events (broker_id, seq, type, payload)
        select owner, last_seq - added + place, event ->> 'type', event -> 'payload'
        from jsonb_array_elements(listed) with ordinality as list (event, place);
      if last_seq / 500 > (last_seq - added) / 500 then
        delete from events where broker_id = owner and seq <= last_seq - 10000;
      end if;
      return last_seq;
    end $$;

    create or replace function append_event(event_type text, event_payload jsonb) returns bigint
    language plpgsql as $$
    declare
      next_seq bigint := log_events(jsonb_build_array(jsonb_build_object('type', event_type, 'payload', event_payload)));
    begin
      perform pg_notify('account_events', nullif(current_setting('app.broker_id', true), '') || ' ' || next_seq);
      return next_seq;
    end $$
  `.execute(db)
}
