import pg from 'pg'
import { expect, it } from 'vitest'
import { migrate } from './migrate.ts'
import { createTestDatabase } from './testing.ts'

/** Gives the database an owner who may do nothing beyond it; answers how to connect as that owner. */
async function ownedByUser(admin: pg.Client, url: string, name: string): Promise<string> {
  await admin.query(`create role ${name} login createrole password 'owner'`)
  await admin.query(`grant stratdesk_app to ${name} with admin option`)
  const owned = new URL(url)
  await admin.query(`create database ${name} owner ${name}`)
  owned.pathname = `/${name}`
  owned.username = name
  owned.password = 'owner'
  return owned.href
}

it('an owner who is no superuser is told what to ask a superuser for, and then can migrate', async () => {
  const database = await createTestDatabase()
  const admin = new pg.Client(database.url)
  await admin.connect()
  const name = `plain_owner_${process.pid}`
  try {
    const url = await ownedByUser(admin, database.url, name)
    await expect(migrate(url)).rejects.toThrow(`grant set on parameter app.broker_id to`)
    await admin.query(`grant set on parameter app.broker_id to ${name}`)
    expect((await migrate(url)).applied).toContain('0001-spine')
  } finally {
    await admin.query(`drop database if exists ${name}`)
    await admin.query(`revoke set on parameter app.broker_id from ${name}`)
    await admin.query(`drop owned by ${name}`)
    await admin.query(`drop role ${name}`)
    await admin.end()
    await database.drop()
  }
})
