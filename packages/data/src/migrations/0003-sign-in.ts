import { type Kysely, sql } from 'kysely'

/**
 * The devices that an account remembers, and the broker logins that are under way. The latter belong to nobody yet,
 * so they are found by the digest of a state that the broker's redirect alone brings back: `id` is the order in which
 * they began, by which the oldest go when there are too many.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table devices (
      broker_id text not null references broker_accounts,
      id uuid not null,
      label text not null,
      user_agent text not null,
      first_signed_in_at timestamptz(3) not null,
      last_signed_in_at timestamptz(3) not null,
      primary key (broker_id, id)
    );
    alter table devices enable row level security;
    alter table devices force row level security;
    create policy own_rows on devices
      using (broker_id = nullif(current_setting('app.broker_id', true), ''))
      with check (broker_id = nullif(current_setting('app.broker_id', true), ''));
    grant select, insert, update, delete on devices to stratdesk_app;

    create table pending_sign_ins (
      id bigint generated always as identity unique,
      state_digest bytea primary key,
      browser_digest bytea not null,
      login_encrypted bytea not null,
      key_id text not null,
      expires_at timestamptz(3) not null
    );
    create index pending_sign_ins_expired on pending_sign_ins (expires_at);
    grant select, insert, update, delete on pending_sign_ins to stratdesk_app
  `.execute(db)
}
