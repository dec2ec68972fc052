import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { openSync, closeSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@stratdesk/data/migrate'
import { assertSafeRole } from '@stratdesk/data/pool'
import { migrateQueue } from '@stratdesk/engine/migrate'
import { startKiteSim } from '@stratdesk/kite-sim/sim'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dumpDatabase } from './testing/dump-database.ts'
import { seedLot, seedRun, seedTrades } from './testing/seed.ts'
import { startTestServer, type TestServer } from './testing/server.ts'
import { startSystemPostgres, type SystemPostgres } from './testing/system-postgres.ts'

/** deploy/backup.sh and deploy/restore.sh, from one server to another, as an operator moves house. */
const brokers = ['UK9394', 'UK1234'] as const
let home: SystemPostgres
let elsewhere: SystemPostgres
let sim: Awaited<ReturnType<typeof startKiteSim>>
let folder: string
beforeAll(async () => {
  ;[home, elsewhere, sim] = await Promise.all([startSystemPostgres(), startSystemPostgres(), startKiteSim()])
  folder = await mkdtemp(join(tmpdir(), 'stratdesk-backup-'))
  // As docs/operations.md says it for a plain server: the owner is no superuser.
  for (const server of [home, elsewhere]) {
    await query(server, 'postgres', 'create role stratdesk login createrole')
    await query(server, 'postgres', 'create database stratdesk owner stratdesk')
  }
  await query(home, 'postgres', 'grant set on parameter app.broker_id to stratdesk')
})
afterAll(async () => {
  await Promise.all([home.stop(), elsewhere.stop(), sim.close()])
  await rm(folder, { recursive: true, force: true })
})

async function query(server: SystemPostgres, database: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(server.url('postgres', database))
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** Runs a script of deploy/ with a file for its input or output; answers its exit code and what it complained of. */
function run(script: string, server: SystemPostgres, role: string, file: string) {
  const isBackup = script === 'backup.sh'
  const open = openSync(join(folder, file), isBackup ? 'w' : 'r')
  const path = fileURLToPath(new URL(`../../../deploy/${script}`, import.meta.url))
  const { status, stderr } = spawnSync('sh', [path], {
    env: server.env(role, 'stratdesk'),
    stdio: [isBackup ? 'ignore' : open, isBackup ? open : 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  closeSync(open)
  return { status, stderr }
}

function startOn(server: SystemPostgres): Promise<TestServer> {
  const database = { url: server.url('stratdesk', 'stratdesk'), drop: async () => {} }
  return startTestServer({ place: { database, sim, close: async () => {} } })
}

/** What of a database protects its rows: every table's row security, policies, rights, owner, keys, indexes and functions. */
async function protection(server: SystemPostgres): Promise<unknown> {
  const ours = "in ('public', 'pgboss')"
  return {
    tables: await query(
      server,
      'stratdesk',
      `select oid::regclass::text as name, relkind, relrowsecurity, relforcerowsecurity, relacl::text, pg_get_userbyid(relowner) as owner
       from pg_class where relnamespace::regnamespace::text ${ours} order by 1`,
    ),
    policies: await query(
      server,
      'stratdesk',
      'select * from pg_policies order by schemaname, tablename, policyname',
    ),
    constraints: await query(
      server,
      'stratdesk',
      `select conrelid::regclass::text as name, conname, pg_get_constraintdef(oid), convalidated
       from pg_constraint where connamespace::regnamespace::text ${ours} order by 1, 2`,
    ),
    functions: await query(
      server,
      'stratdesk',
      `select oid::regprocedure::text as name, prosecdef, proconfig::text, proacl::text, pg_get_userbyid(proowner) as owner
       from pg_proc where pronamespace::regnamespace::text ${ours} order by 1`,
    ),
  }
}

async function liveAtHome(): Promise<void> {
  await migrate(home.url('stratdesk', 'stratdesk'))
  await migrateQueue(home.url('stratdesk', 'stratdesk'))
  const server = await startOn(home)
  for (const [index, id] of brokers.entries()) {
    await server.signIn(id)
    const runId = await seedRun(server.scope(id), `Run of ${id}`)
    const net = `${index + 1}0.50`
    await seedTrades(server.scope(id), runId, [{ exitAt: new Date('2026-11-20T05:00:00Z'), net }])
    await seedLot(server.scope(id), runId, 1)
  }
  await server.close()
}

it('a backup restored on another server has every row, policy and right, and serves each account its own', async () => {
  await liveAtHome()
  expect(run('backup.sh', home, 'postgres', 'whole.dump')).toEqual({ status: 0, stderr: '' })
  expect(run('restore.sh', elsewhere, 'postgres', 'whole.dump')).toEqual({ status: 0, stderr: '' })

  const [before, after] = await Promise.all(
    [home, elsewhere].map((server) =>
      dumpDatabase(server.url('postgres', 'stratdesk'), ['public', 'pgboss']),
    ),
  )
  for (const table of [
    'broker_connections',
    'trades',
    'fills',
    'open_lots',
    'audit_log',
    'devices',
    'events',
  ])
    for (const id of brokers) expect(after?.[`public.${table}`]?.join('\n')).toContain(id)
  expect(after).toEqual(before)
  expect(await protection(elsewhere)).toEqual(await protection(home))

  const url = elsewhere.url('stratdesk', 'stratdesk')
  expect(await migrate(url)).toEqual({ applied: [] })
  await migrateQueue(url)
  const server = await startOn(elsewhere)
  await assertSafeRole(server.pool)
  for (const [index, id] of brokers.entries()) {
    const browser = await server.signIn(id)
    const { items } = (await browser.get('/api/trades')).json<{ items: { net: string }[] }>()
    expect(items.map(({ net }) => Number(net))).toEqual([(index + 1) * 10 + 0.5])
  }
  await server.close()
})

it('a restore into a database that is in use is refused and changes nothing', async () => {
  const before = await dumpDatabase(elsewhere.url('postgres', 'stratdesk'))
  const { status, stderr } = run('restore.sh', elsewhere, 'postgres', 'whole.dump')
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/The database stratdesk has \d+ tables already/),
  })
  expect(await dumpDatabase(elsewhere.url('postgres', 'stratdesk'))).toEqual(before)
})

it('a backup by a role that row security would hide the rows from is refused, not empty', () => {
  const { status, stderr } = run('backup.sh', home, 'stratdesk', 'blind.dump')
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringContaining('would back up nobody’s rows'.replace('’', "'")),
  })
  expect(statSync(join(folder, 'blind.dump')).size).toBe(0)
})
