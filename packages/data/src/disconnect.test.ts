import { afterAll, beforeEach, beforeAll, expect, test } from 'vitest'
import { loadConnection, resealConnection, saveConnection, storedApiKey } from './connections.ts'
import { forgetToken, removeKeys, replaceKeys } from './disconnect.ts'
import { createListener } from './listen.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'
import { uuidv7 } from './uuid.ts'
import { createVault } from './vault.ts'

const [older, newer] = ['an older secret of the server', 'a newer secret of the server']
const vault = createVault({ sessionSecret: older })
const rotated = createVault({ sessionSecret: [newer, older] })
const renewed = {
  apiKey: 'key',
  apiSecret: 'secret',
  accessToken: 'token',
  expiresAt: new Date('2026-11-24T00:30:00Z'),
  deviceId: uuidv7(),
  deviceLabel: 'Laptop',
}

let two: TwoBrokers
beforeAll(async () => {
  two = await openTwoBrokers()
})
afterAll(() => two.close())
beforeEach(async () => {
  for (const scope of [two.anna, two.ben]) await saveConnection(scope, vault, renewed)
})

const keyIdOf = async (scope: TwoBrokers['anna']) =>
  (
    await scope
      .read('broker_connections')
      .selectFrom('broker_connections')
      .select('key_id')
      .executeTakeFirstOrThrow()
  ).key_id

test('a forgotten token is gone, its keys are there, and the account’s actor is told', async () => {
  const { anna, ben, url } = two
  const listener = createListener({ url })
  const heard = Promise.withResolvers<string>()
  await listener.listen('account_wanted', heard.resolve)
  expect(await forgetToken(anna)).toBe(true)
  expect(await heard.promise).toBe('UK9394')
  expect(await loadConnection(anna, vault)).toEqual({
    status: 'disconnected',
    apiKey: 'key',
    apiSecret: 'secret',
    accessToken: null,
    expiresAt: null,
    renewedAt: null,
    renewedBy: null,
  })
  expect(await loadConnection(ben, vault)).toMatchObject({ status: 'connected', accessToken: 'token' })
  const events = await anna.read('events').selectFrom('events').select('payload').orderBy('seq').execute()
  expect(events.at(-1)?.payload).toEqual({ status: 'disconnected', renewedBy: null })
  await listener.close()
})

test('other keys take the old ones’ token with them, of that account alone', async () => {
  const { anna, ben } = two
  await replaceKeys(anna, vault, { apiKey: 'other', apiSecret: 'other-secret' })
  const opened = await loadConnection(anna, vault)
  expect([opened?.apiKey, opened?.apiSecret, opened?.accessToken]).toEqual(['other', 'other-secret', null])
  await removeKeys(anna)
  expect(await loadConnection(anna, vault)).toBeUndefined()
  expect(await forgetToken(anna)).toBe(false)
  expect(await loadConnection(ben, vault)).toMatchObject({ status: 'connected', apiKey: 'key' })
  await replaceKeys(anna, vault, { apiKey: 'first', apiSecret: 'first-secret' })
  expect(await loadConnection(anna, vault)).toMatchObject({ status: 'disconnected', apiKey: 'first' })
})

test('a login with another API key takes no secret of the old key along', async () => {
  const { anna, ben } = two
  const { apiSecret: _, ...withoutSecret } = renewed
  await saveConnection(anna, vault, withoutSecret)
  expect(await loadConnection(anna, vault)).toMatchObject({ apiSecret: 'secret' })
  await saveConnection(anna, vault, { ...withoutSecret, apiKey: 'other' })
  expect(await storedApiKey(anna)).toBe('other')
  expect(await loadConnection(anna, vault)).toMatchObject({ apiKey: 'other', apiSecret: null })
  expect(await loadConnection(ben, vault)).toMatchObject({ apiSecret: 'secret' })
})

test('what an older key sealed is sealed anew, and then opens without the older key', async () => {
  const { anna, ben } = two
  await resealConnection(anna, vault)
  expect(await keyIdOf(anna)).toBe(vault.keyId)
  await resealConnection(anna, rotated)
  expect(await keyIdOf(anna)).toBe(rotated.keyId)
  const alone = createVault({ sessionSecret: newer })
  expect(await loadConnection(anna, alone)).toMatchObject({ apiSecret: 'secret', accessToken: 'token' })
  expect(await keyIdOf(ben)).toBe(vault.keyId)
  await resealConnection(ben, alone)
  // Its key is gone: nothing can be sealed anew, and nothing was thrown away.
  expect(await keyIdOf(ben)).toBe(vault.keyId)
  expect(await loadConnection(ben, rotated)).toMatchObject({ apiSecret: 'secret' })
})
