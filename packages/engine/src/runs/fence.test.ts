import { mintBrokerId } from '@stratdesk/data/broker-id'
import { createPool } from '@stratdesk/data/pool'
import { createScope } from '@stratdesk/data/scope'
import { createTestDatabase } from '@stratdesk/data/testing'
import { expect, it } from 'vitest'
import { LostLeaseError, retakeFence, takeFence, underFence } from './fence.ts'

it('an account is taken again only by whoever holds it, and what was sent before is shut out', async () => {
  const database = await createTestDatabase()
  const pool = createPool({ url: database.url })
  const [anna, ben] = ['UK9394', 'UK1234'].map((id) => createScope(pool, mintBrokerId(id)))
  try {
    if (!anna || !ben) throw new Error('Two accounts')
    for (const scope of [anna, ben]) await scope.insert('broker_accounts', { name: 'Somebody' }).execute()
    const first = (await takeFence(anna)) ?? ''
    const bens = (await takeFence(ben)) ?? ''
    const again = await retakeFence(anna, first)
    expect(Number(again)).toBe(Number(first) + 1)
    const write = (fence: string) => underFence(() => anna.writeAll({ fence, writes: [], events: [] }))
    await expect(write(first)).rejects.toThrow(LostLeaseError)
    await write(again)
    await takeFence(anna)
    await expect(retakeFence(anna, again)).rejects.toThrow(LostLeaseError)
    await underFence(() => ben.writeAll({ fence: bens, writes: [], events: [] }))
  } finally {
    await pool.end()
    await database.drop()
  }
})
