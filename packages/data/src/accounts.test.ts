import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountState, disabledAccounts, setDisabledAt } from './accounts.ts'
import { mintBrokerId } from './broker-id.ts'
import { createListener, type Listener } from './listen.ts'
import { createScope } from './scope.ts'
import { openTwoBrokers, type TwoBrokers } from './testing/brokers.ts'

let two: TwoBrokers
let listener: Listener
const heard: string[] = []
const at = new Date('2026-11-23T05:00:00Z')
beforeAll(async () => {
  two = await openTwoBrokers()
  listener = createListener({ url: two.url })
  await listener.listen('account_access', (payload) => void heard.push(payload))
})
afterAll(async () => {
  await listener.close()
  await two.close()
})
beforeEach(async () => {
  await setDisabledAt(two.anna, null)
  heard.length = 0
})

describe('an account', () => {
  it('is disabled and enabled again on its own, and every process is told of each change once', async () => {
    expect(await setDisabledAt(two.anna, at)).toBe(true)
    expect(await setDisabledAt(two.anna, new Date())).toBe(false)
    expect((await accountState(two.anna))?.disabledAt).toEqual(at)
    expect((await accountState(two.ben))?.disabledAt).toBe(null)
    expect(await disabledAccounts(two.pool)).toEqual(['UK9394'])
    expect(await setDisabledAt(two.anna, null)).toBe(true)
    expect(await disabledAccounts(two.pool)).toEqual([])
    await vi.waitFor(() => expect(heard).toEqual(['UK9394 disabled', 'UK9394 enabled']))
  })

  it('that nobody signed in to has no state and cannot be disabled', async () => {
    const nobody = createScope(two.pool, mintBrokerId('UK0001'))
    expect(await accountState(nobody)).toBeUndefined()
    expect(await setDisabledAt(nobody, at)).toBe(false)
    expect(await disabledAccounts(two.pool)).toEqual([])
  })
})

describe('the list of disabled accounts', () => {
  it('gives no way to their rows: the caller sees as little after it as before', async () => {
    await setDisabledAt(two.anna, at)
    const client = await two.pool.connect()
    await client.query('select disabled_accounts()')
    expect((await client.query('select name from broker_accounts')).rows).toEqual([])
    client.release()
  })
})

describe('the audit log', () => {
  it('takes a row of an account that is not there, and no id that no broker gives', async () => {
    const nobody = createScope(two.pool, mintBrokerId('UK0001'))
    await nobody.insert('audit_log', { action: 'sign-in-refused', detail: '{}' }).execute()
    const seen = (scope: typeof nobody) =>
      scope.read('audit_log').selectFrom('audit_log').select('action').execute()
    expect(await seen(nobody)).toEqual([{ action: 'sign-in-refused' }])
    expect(await seen(two.ben)).toEqual([])
    const owner = new pg.Client(two.url)
    await owner.connect()
    await owner.query("select set_config('app.broker_id', 'uk 1', false)")
    const wrong = owner.query("insert into audit_log (broker_id, action) values ('uk 1', 'a')")
    await expect(wrong).rejects.toThrow('audit_log_broker_id_check')
    await owner.end()
  })
})
