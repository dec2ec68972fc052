import { loadConnection, saveConnection } from '@stratdesk/data/connections'
import { uuidv7 } from '@stratdesk/data/uuid'
import { expect, test, vi } from 'vitest'
import { createEngine } from '../engine.ts'
import { addRun, logOf, untilSeen } from '../testing/runs.ts'
import { startStack } from '../testing/stack.ts'

test('a connection ends at the time that was stored with it, whatever the broker says', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  const rohan = await stack.signIn('UK1234')
  const { vault } = stack.engineOptions
  const engine = createEngine(stack.engineOptions)
  await engine.start()
  const run = await addRun(asha)
  const other = await addRun(rohan)
  await untilSeen(asha, run, stack.now())
  await untilSeen(rohan, other, stack.now())

  const connection = await loadConnection(asha, vault)
  await saveConnection(asha, vault, {
    apiKey: connection?.apiKey ?? '',
    accessToken: connection?.accessToken ?? '',
    expiresAt: new Date(Date.now() + 500),
    deviceId: uuidv7(),
    deviceLabel: 'Firefox on Linux',
  })
  const statusOf = async (scope: typeof asha) => (await loadConnection(scope, vault))?.status
  await vi.waitUntil(async () => (await statusOf(asha)) === 'expired', { timeout: 5_000 })
  await vi.waitUntil(
    async () =>
      (await logOf(asha, run)).includes(
        'Waiting, no new orders: the broker connection has expired: sign in to the broker again',
      ),
    { timeout: 10_000 },
  )
  await stack.advance(1)
  await untilSeen(rohan, other, stack.now())
  await engine.stop()

  expect(await statusOf(rohan)).toBe('connected')
  expect((await logOf(rohan, other)).filter((line) => line.startsWith('Waiting'))).toEqual([])
})
