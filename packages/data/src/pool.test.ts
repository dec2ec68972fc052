import { once } from 'node:events'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, pendingMigrations } from './migrate.ts'
import { migrations } from './migrations.ts'
import { assertSafeRole, createPool } from './pool.ts'
import { createTestDatabase, type TestDatabase } from './testing.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

test('its connections run as the role of the application, in UTC', async () => {
  const pool = createPool({ url: database.url, applicationName: 'a name' })
  const { rows } = await pool.query(
    "select current_user, current_setting('timezone') as zone, current_setting('application_name') as name",
  )
  expect(rows).toEqual([{ current_user: 'stratdesk_app', zone: 'UTC', name: 'a name' }])
  await assertSafeRole(pool)
  await pool.end()
})

test('options in the URL are kept, and cannot take the role away', async () => {
  const url = new URL(database.url)
  url.searchParams.set('options', '-c role=postgres -c timezone=Asia/Kolkata -c work_mem=5MB')
  const pool = createPool({ url: url.href })
  const { rows } = await pool.query(
    "select current_user, current_setting('timezone') as zone, current_setting('work_mem') as memory",
  )
  expect(rows).toEqual([{ current_user: 'stratdesk_app', zone: 'UTC', memory: '5MB' }])
  await pool.end()
})

test.each([
  ['a superuser', 'superuser', 'is a superuser'],
  ['a role that bypasses row security', 'bypassrls', 'may bypass row security'],
  ['the owner of tables', '', 'owns tables'],
])('%s is refused, with the way out', async (_, attribute, reason) => {
  const superuser = new pg.Client(database.url)
  await superuser.connect()
  const role = `role_${attribute || 'owner'}_${process.pid}`
  await superuser.query(`create role ${role} login password 'x' ${attribute}`)
  if (attribute === '') await superuser.query(`grant create on schema public to ${role}`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'x'
  const pool = new pg.Pool({ connectionString: url.href })
  if (attribute === '') await pool.query('create table of_role (n integer)')

  await expect(assertSafeRole(pool)).rejects.toThrow(`${role} ${reason}`)
  await expect(assertSafeRole(pool)).rejects.toThrow('Connect as a member of stratdesk_app')

  await pool.end()
  await superuser.query(`drop owned by ${role}; drop role ${role}`)
  await superuser.end()
})

test('gives up on a connection that does not come free, instead of waiting for ever', async () => {
  const pool = createPool({ url: database.url, max: 1, connectionTimeoutMs: 500 })
  const client = await pool.connect()
  await expect(pool.connect()).rejects.toThrow('timeout')
  client.release()
  await pool.end()
})

test('breaks off a connection whose statement is never answered, and keeps an idle one', async () => {
  const pool = createPool({ url: database.url, max: 1, statementTimeoutMs: 50 })
  const backend = async (): Promise<number> =>
    (await pool.query('select pg_backend_pid() as pid')).rows[0].pid
  const first = await backend()
  const client = await pool.connect()
  await once(client.connection.stream, 'timeout')
  client.release()
  expect(await backend()).toBe(first)

  process.kill(first, 'SIGSTOP')
  await expect(backend()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  process.kill(first, 'SIGCONT')
  expect(await backend()).not.toBe(first)
  await pool.end()
})

test('a database that is up to date has nothing pending, and migrating it again does nothing', async () => {
  const pool = createPool({ url: database.url })
  expect(await pendingMigrations(pool)).toEqual([])
  expect(await migrate(database.url)).toEqual({ applied: [] })
  await pool.end()
})

test('an empty database lacks every migration; processes that start together apply each once', async () => {
  const superuser = new pg.Client(database.url)
  await superuser.connect()
  const name = `empty_${process.pid}`
  await superuser.query(`create database ${name}`)
  const url = new URL(database.url)
  url.pathname = `/${name}`
  const pool = createPool({ url: url.href })

  expect(await pendingMigrations(pool)).toEqual(Object.keys(migrations))
  const starts = await Promise.all([migrate(url.href), migrate(url.href), migrate(url.href)])
  expect(starts.flatMap((start) => start.applied)).toEqual(Object.keys(migrations))
  expect(await pendingMigrations(pool)).toEqual([])

  await pool.end()
  await superuser.query(`drop database ${name}`)
  await superuser.end()
})
