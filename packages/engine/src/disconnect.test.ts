import { forgetToken, removeKeys, replaceKeys } from '@stratdesk/data/disconnect'
import type { BrokerScope } from '@stratdesk/data/scope'
import type { Vault } from '@stratdesk/data/vault'
import { expect, test, vi } from 'vitest'
import { createEngine } from './engine.ts'
import { addRun, logOf, readRun, untilSeen } from './testing/runs.ts'
import { startStack } from './testing/stack.ts'

const otherKeys = { apiKey: 'demo-key', apiSecret: 'another-secret' }

/** Every way a person can take the broker token away. */
const ways: readonly (readonly [string, (scope: BrokerScope, vault: Vault) => Promise<unknown>])[] = [
  ['UK9394', (scope) => forgetToken(scope)],
  ['UK1234', (scope, vault) => replaceKeys(scope, vault, otherKeys)],
  ['UK0001', (scope) => removeKeys(scope)],
]

test('an account that is disconnected gets no more prices over the old token; its runs wait, and go on after a renewal', async () => {
  await using stack = await startStack()
  const { vault } = stack.engineOptions
  const accounts = []
  for (const [brokerId, disconnect] of ways) {
    const scope = await stack.signIn(brokerId)
    accounts.push({ brokerId, scope, run: await addRun(scope), disconnect: () => disconnect(scope, vault) })
  }
  const bystander = await stack.signIn('UK0002')
  const other = await addRun(bystander)
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  for (const { scope, run } of accounts) await untilSeen(scope, run, stack.now())
  await untilSeen(bystander, other, stack.now())

  for (const { disconnect } of accounts) await disconnect()
  const reason = 'Waiting, no new orders: the broker is disconnected: connect it again'
  for (const { scope, run } of accounts) {
    await vi.waitUntil(async () => (await logOf(scope, run)).includes(reason), { timeout: 15_000 })
  }
  const before = await Promise.all(accounts.map(({ scope, run }) => readRun(scope, run)))
  await stack.advance(1)
  await untilSeen(bystander, other, stack.now())
  const after = await Promise.all(accounts.map(({ scope, run }) => readRun(scope, run)))
  expect(after).toEqual(before)
  expect(after.map(({ status, desired }) => [status, desired])).toEqual(
    accounts.map(() => ['running', 'running']),
  )
  expect((await logOf(bystander, other)).filter((line) => line.startsWith('Waiting'))).toEqual([])

  for (const { brokerId, scope, run } of accounts) {
    await stack.signIn(brokerId)
    await untilSeen(scope, run, stack.now())
    expect(await logOf(scope, run)).toContain('Prices are back')
  }
  await engine.stop()
})
