import { type Kysely, sql } from 'kysely'

/** What the application may do to each broker's table. History that money rests on is only ever added to. */
const grants = {
  broker_accounts: 'select, insert, update',
  broker_connections: 'select, insert, update, delete',
  runs: 'select, insert, update',
  run_logs: 'select, insert, delete',
  order_intents: 'select, insert, update',
  orders: 'select, insert, update',
  fills: 'select, insert',
  open_lots: 'select, insert, update, delete',
  trades: 'select, insert',
  events: 'select, insert, delete',
  audit_log: 'select, insert',
}

/** The application's role, row security on every broker table, and the application's rights. */
export async function protectTables(db: Kysely<never>): Promise<void> {
  await createRole(db)
  for (const [table, privileges] of Object.entries(grants)) await protect(db, table, privileges)
  await sql`grant select, insert, update, delete on instruments, instrument_list, candles to stratdesk_app`.execute(
    db,
  )
  await sql`grant usage on all sequences in schema public to stratdesk_app`.execute(db)
}

/** The role is shared by all databases of a server, so another one may have made it, or be making it now. */
async function createRole(db: Kysely<never>): Promise<void> {
  await sql`
    do $$ begin
      if not exists (select from pg_roles where rolname = 'stratdesk_app') then
        create role stratdesk_app nologin nobypassrls nosuperuser;
      end if;
    exception when duplicate_object or unique_violation then null; end $$
  `.execute(db)
  await sql`grant stratdesk_app to current_user`.execute(db)
  await sql`grant usage on schema public to stratdesk_app`.execute(db)
}

/** Without app.broker_id no row exists; the owner of the table is held to it too. */
async function protect(db: Kysely<never>, table: string, privileges: string): Promise<void> {
  const name = sql.table(table)
  await sql`alter table ${name} enable row level security`.execute(db)
  await sql`alter table ${name} force row level security`.execute(db)
  await sql`
    create policy own_rows on ${name}
      using (broker_id = nullif(current_setting('app.broker_id', true), ''))
      with check (broker_id = nullif(current_setting('app.broker_id', true), ''))
  `.execute(db)
  await sql`grant ${sql.raw(privileges)} on ${name} to stratdesk_app`.execute(db)
}
