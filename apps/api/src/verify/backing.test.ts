import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { startAzurite } from '../testing/azurite.ts'
import { checkBacking } from './backing.ts'

type Variables = Readonly<Record<string, string>>

let azurite: Awaited<ReturnType<typeof startAzurite>>
let right: Variables
beforeAll(async () => {
  azurite = await startAzurite()
  await azurite.container('logs').create()
  right = {
    AZURE_BLOB_ACCOUNT_NAME: azurite.account,
    AZURE_BLOB_CONTAINER_NAME: 'logs',
    AZURE_BLOB_STORAGE_KEY: azurite.key,
    AZURE_BLOB_ENDPOINT: azurite.endpoint,
  }
})
afterAll(() => azurite.close())

const refused = /^refused with 403: the key is not that of the account [a-z0-9]+, or/
const check = async (overrides: Variables = {}) =>
  (await checkBacking(readConfig({ ...right, ...overrides }))).find(({ check: name }) => /Azure/.test(name))

it('an Azure that is as it should be is in order', async () => {
  expect(await check()).toMatchObject({ result: 'ok' })
})

it.each<readonly [string, () => Variables, RegExp]>([
  ['a key that is another', () => ({ AZURE_BLOB_STORAGE_KEY: randomBytes(64).toString('base64') }), refused],
  ['a key that is none', () => ({ AZURE_BLOB_STORAGE_KEY: 'your-key' }), refused],
  [
    'a container that is not there',
    () => ({ AZURE_BLOB_CONTAINER_NAME: 'other' }),
    /^there is no container other in the account/,
  ],
  [
    'an account that is another',
    () => ({
      AZURE_BLOB_ACCOUNT_NAME: 'desk1',
      AZURE_BLOB_ENDPOINT: azurite.endpoint.replace(azurite.account, 'desk1'),
    }),
    /no container logs in the account desk1$/,
  ],
  ['an account that is not the address', () => ({ AZURE_BLOB_ACCOUNT_NAME: 'desk1' }), refused],
  ['nobody at the address', () => ({ AZURE_BLOB_ENDPOINT: 'http://127.0.0.1:1/account' }), /ECONNREFUSED/],
])('%s is found', async (_, overrides, saw) => {
  expect(await check(overrides())).toMatchObject({ result: 'fault', saw: expect.stringMatching(saw) })
})
