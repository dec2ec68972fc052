import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConnection, markExpired, saveConnection } from './connections.ts'
import { createListener } from './listen.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { uuidv7 } from './uuid.ts'
import { createVault } from './vault.ts'

const vault = createVault({ sessionSecret: 'a session secret of the server' })
const expiresAt = new Date('2026-11-24T00:30:00Z')
const deviceId = uuidv7()

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
})
afterAll(() => two.close())

test('a renewed connection is read back by its broker alone, and is sealed in the table', async () => {
  const { anna, ben } = two
  const renewed = { apiKey: 'key', accessToken: 'token-1', expiresAt, deviceId, deviceLabel: 'Laptop' }
  await saveConnection(anna, vault, { ...renewed, apiSecret: 'secret-1' })

  expect(await loadConnection(anna, vault)).toMatchObject({
    status: 'connected',
    apiKey: 'key',
    apiSecret: 'secret-1',
    accessToken: 'token-1',
    expiresAt,
    renewedBy: { deviceId, label: 'Laptop' },
  })
  expect(await loadConnection(ben, vault)).toBeUndefined()
  const row = await anna
    .read('broker_connections')
    .selectFrom('broker_connections')
    .selectAll()
    .executeTakeFirst()
  expect(Buffer.from(JSON.stringify(row)).includes('token-1')).toBe(false)

  await saveConnection(anna, vault, { ...renewed, accessToken: 'token-2' })
  expect(await loadConnection(anna, vault)).toMatchObject({ apiSecret: 'secret-1', accessToken: 'token-2' })
})

test('renewing tells the devices by an event and the actor by a notification', async () => {
  const { anna, ben, url } = two
  const listener = createListener({ url })
  const heard = Promise.withResolvers<string>()
  await listener.listen('account_wanted', heard.resolve)
  await saveConnection(ben, vault, {
    apiKey: 'k',
    accessToken: 't',
    expiresAt,
    deviceId,
    deviceLabel: 'Phone',
  })
  expect(await heard.promise).toBe('UK1234')
  const events = await ben.read('events').selectFrom('events').select(['type', 'payload']).execute()
  expect(events).toEqual([{ type: 'connection', payload: { status: 'connected', renewedBy: 'Phone' } }])
  expect(await markExpired(ben)).toBe(true)
  expect(await markExpired(ben)).toBe(false)
  expect(await loadConnection(ben, vault)).toMatchObject({ status: 'expired', accessToken: null })
  expect(await loadConnection(anna, vault)).toMatchObject({ status: 'connected' })
  await listener.close()
})

test('secrets sealed under a key that is gone make the connection disconnected, not an error', async () => {
  const other = createVault({ sessionSecret: 'quite another session secret' })
  expect(await loadConnection(two.anna, other)).toMatchObject({
    status: 'disconnected',
    apiSecret: null,
    accessToken: null,
  })
})

test('another row written over with these bytes does not open', async () => {
  const { anna, ben } = two
  const [stolen] = await anna
    .read('broker_connections')
    .selectFrom('broker_connections')
    .selectAll()
    .execute()
  await ben
    .update('broker_connections')
    .set({ access_token_encrypted: stolen?.access_token_encrypted ?? null, key_id: vault.keyId })
    .execute()
  await expect(loadConnection(ben, vault)).rejects.toThrow('does not open for this owner')
})
