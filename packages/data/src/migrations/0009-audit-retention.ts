import { type Kysely, sql } from 'kysely'

/**
 * Keeps the audit log bounded: what is older than two years goes when its account's next row is written, at most a
 * hundred rows at once so that no act waits for it, and none that another act is already letting go: two that wait for each
 * other would end in a deadlock. With the rights of the owner, because the application may delete nothing of the log;
 * whoever takes the application over cannot take the traces of it away.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function prune_audit_log() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    begin
      -- Materialized: a subselect could be run, and lock, more than once.
      with outdated as materialized (
        select broker_id, id from audit_log
        where broker_id = new.broker_id and time < now() - interval '2 years'
        order by time limit 100 for update skip locked
      )
      delete from audit_log using outdated
      where audit_log.broker_id = outdated.broker_id and audit_log.id = outdated.id;
      return null;
    end $$;

    create trigger pruned after insert on audit_log
      for each row execute function prune_audit_log();

    revoke execute on function prune_audit_log() from public
  `.execute(db)
}
