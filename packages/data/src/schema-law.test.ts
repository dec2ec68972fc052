import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applicationRole } from './pool.ts'
import { brokerTables } from './tenant/scoped-tables.ts'
import { createTestDatabase, type TestDatabase } from './testing.ts'

/** Walks the catalogue of a migrated database and holds every table to the rules of isolation. */
let database: TestDatabase
let owner: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  owner = new pg.Client(database.url)
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

async function rows(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await owner.query(text, [...values])).rows
}

/** Tables that hold nobody's data, by name: a new one has to be added here on purpose. */
const globalTables = [
  // Ids only, and the application has no right to it.
  'account_ids',
  'candles',
  'instrument_list',
  'instruments',
  'kysely_migration',
  'kysely_migration_lock',
  // Looked up by the hash of a cookie before a broker is known; the session store alone names it.
  'sessions',
  // Sealed, and under way before the broker has said whose they are.
  'pending_sign_ins',
  // The processes of the server themselves.
  'servers',
]

const ours = "relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"

test('S39 every table is a broker table or on the list of global ones', async () => {
  const names = (await rows(`select relname from pg_class where ${ours}`)).map((row) =>
    String(row['relname']),
  )
  expect(names.toSorted()).toEqual([...brokerTables, ...globalTables].toSorted())
})

test('S39 every broker table has row security, enabled and forced', async () => {
  const lax = await rows(
    `select relname from pg_class where ${ours} and relname = any($1) and not (relrowsecurity and relforcerowsecurity)`,
    [brokerTables],
  )
  expect(lax).toEqual([])
})

test('S39 every broker table has exactly the one policy: own rows, for all commands and roles', async () => {
  const policies = await rows(
    'select tablename, policyname, permissive, roles::text, cmd, qual, with_check from pg_policies order by tablename',
  )
  const own = "(broker_id = NULLIF(current_setting('app.broker_id'::text, true), ''::text))"
  expect(policies).toEqual(
    brokerTables.toSorted().map((tablename) => ({
      tablename,
      policyname: 'own_rows',
      permissive: 'PERMISSIVE',
      roles: '{public}',
      cmd: 'ALL',
      qual: own,
      with_check: own,
    })),
  )
})

test('broker_id is text and never null in every broker table', async () => {
  const columns = await rows(
    `select table_name, data_type, is_nullable from information_schema.columns
     where table_schema = 'public' and column_name = 'broker_id' and table_name <> 'sessions' order by table_name`,
  )
  expect(columns).toEqual(
    brokerTables.toSorted().map((table_name) => ({ table_name, data_type: 'text', is_nullable: 'NO' })),
  )
})

test('S39 every key and every index of a broker table begins with broker_id', async () => {
  const firstColumns = await rows(
    `select relname, indexrelid::regclass::text as index, attname
     from pg_index join pg_class on pg_class.oid = indrelid
     left join pg_attribute on attrelid = indrelid and attnum = indkey[0] -- none for an expression
     where relname = any($1)`,
    [brokerTables],
  )
  expect(firstColumns.length).toBeGreaterThanOrEqual(brokerTables.length)
  expect(firstColumns.filter((index) => index['attname'] !== 'broker_id')).toEqual([])
})

test('S39 every foreign key of a broker table begins with broker_id on both sides', async () => {
  const keys = await rows(
    `select conname, own.attname as own, referenced.attname as referenced
     from pg_constraint
     join pg_class on pg_class.oid = conrelid
     join pg_attribute own on own.attrelid = conrelid and own.attnum = conkey[1]
     join pg_attribute referenced on referenced.attrelid = confrelid and referenced.attnum = confkey[1]
     where contype = 'f' and ${ours}`,
  )
  expect(keys.length).toBeGreaterThan(10)
  const wrong = keys.filter((key) => key['own'] !== 'broker_id' || key['referenced'] !== 'broker_id')
  expect(wrong).toEqual([])
})

test("S39 the application's role owns nothing, bypasses nothing, creates nothing and cannot sign in", async () => {
  const [role] = await rows(
    `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
       (select count(*)::integer from pg_class where relowner = pg_roles.oid) as owned,
       has_schema_privilege(oid, 'public', 'create') as creates
     from pg_roles where rolname = $1`,
    [applicationRole],
  )
  expect(role).toEqual({
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolcanlogin: false,
    rolreplication: false,
    owned: 0,
    creates: false,
  })
})

test("S39 the application's role has the rights that were meant and no others", async () => {
  // What anybody may do (grantee 0) the application may do as well; a right to one column bears the column's name.
  const granted = await rows(
    `with rights as (
       select relname as name, grantee, privilege_type as right
       from pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner))) where ${ours}
       union
       select relname || '.' || attname, grantee, privilege_type
       from pg_class join pg_attribute on attrelid = pg_class.oid, aclexplode(attacl) where ${ours})
     select name, string_agg(distinct "right", ' ' order by "right") as rights
     from rights where grantee in (0, $1::text::regrole) group by 1 order by 1`,
    [applicationRole],
  )
  expect(Object.fromEntries(granted.map((row) => [row['name'], row['rights']]))).toMatchInlineSnapshot(`
    {
      "audit_log": "INSERT SELECT",
      "broker_accounts": "INSERT SELECT UPDATE",
      "broker_connections": "DELETE INSERT SELECT UPDATE",
      "candles": "DELETE INSERT SELECT UPDATE",
      "devices": "DELETE INSERT SELECT UPDATE",
      "events": "DELETE INSERT SELECT",
      "fills": "INSERT SELECT",
      "instrument_list": "DELETE INSERT SELECT UPDATE",
      "instruments": "DELETE INSERT SELECT UPDATE",
      "kysely_migration": "SELECT",
      "open_lots": "DELETE INSERT SELECT UPDATE",
      "order_intents": "INSERT SELECT UPDATE",
      "orders": "INSERT SELECT UPDATE",
      "pending_sign_ins": "DELETE INSERT SELECT UPDATE",
      "run_logs": "DELETE INSERT SELECT",
      "runs": "INSERT SELECT UPDATE",
      "servers": "DELETE INSERT SELECT UPDATE",
      "sessions": "DELETE INSERT SELECT UPDATE",
      "trades": "INSERT SELECT",
    }
  `)
})

test("S39 the application's role is a member of no other, whose rights it would have", async () => {
  const memberships = await rows(
    'select roleid::regrole::text as role from pg_auth_members where member = $1::text::regrole',
    [applicationRole],
  )
  expect(memberships).toEqual([])
})

test('money is numeric and never a float', async () => {
  const floats = await rows(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and data_type in ('real', 'double precision', 'money')`,
  )
  expect(floats).toEqual([])
})

test('every instant has a time zone and no more than milliseconds, which a Date can hold', async () => {
  const finer = await rows(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and data_type like 'timestamp%'
       and (data_type <> 'timestamp with time zone' or datetime_precision > 3)
       and table_name not like 'kysely%'`,
  )
  expect(finer).toEqual([])
})

test('no view shows rows with the rights of its owner', async () => {
  const views = await rows(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
       and not coalesce('security_invoker=true' = any(reloptions), false)`,
  )
  expect(views).toEqual([])
})

test("functions with the rights of the owner are those that were meant; what may be called tells accounts' ids only", async () => {
  const functions = await rows(
    `select proname, pg_get_function_result(oid) as result, proconfig::text as settings,
       has_function_privilege($1, oid, 'execute') as callable, has_function_privilege('public', oid, 'execute') as public
     from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname`,
    [applicationRole],
  )
  const path = 'search_path=public, pg_temp'
  expect(functions).toEqual([
    {
      proname: 'accounts_with_active_runs',
      result: 'SETOF text',
      settings: `{"${path}",app.broker_id=}`,
      callable: true,
      public: false,
    },
    {
      proname: 'disabled_accounts',
      result: 'SETOF text',
      settings: `{"${path}",app.broker_id=}`,
      callable: true,
      public: false,
    },
    { proname: 'note_account', result: 'trigger', settings: `{"${path}"}`, callable: false, public: false },
    {
      proname: 'prune_audit_log',
      result: 'trigger',
      settings: `{"${path}"}`,
      callable: false,
      public: false,
    },
  ])
})
