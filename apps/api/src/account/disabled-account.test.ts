import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { checkRun, insertRun } from '../features/runs/start-run.ts'
import { MemorySessionStore } from '../sign-in/memory-session-store.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { openTestPlace, startTestServer, type TestPlace, type TestServer } from '../testing/server.ts'
import { seedRun } from '../testing/seed.ts'
import { disableAccount, enableAccount } from './disable-account.ts'

/** Two servers on one database, each with sessions in its own memory: what one hears the other hears too. */
let place: TestPlace
let servers: TestServer[] = []
beforeAll(async () => {
  place = await openTestPlace()
  servers = [await startTestServer({ place }), await startTestServer({ place })]
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await place.close()
})

const disabled = { code: 'signed-out', message: 'This account was disabled by the operator of this server' }
const answerOf = async (browser: TestBrowser) => {
  const response = await browser.get('/api/session')
  const { code, message } = response.json<{ code: string; message: string }>()
  return response.statusCode === 200 ? 200 : { code, message }
}
const auditOf = async (server: TestServer, brokerId: string) =>
  await server
    .scope(brokerId)
    .read('audit_log')
    .selectFrom('audit_log')
    .select(['action', 'device_id', 'ip', 'detail'])
    .orderBy('id')
    .execute()
const at = new Date('2026-11-23T05:00:00Z')
const params = { fastLength: 2, slowLength: 5 }
const startRun = async (browser: TestBrowser) => {
  const body = { strategyId: 'ema-crossover', mode: 'paper', params }
  const response = await browser.post('/api/runs', body, { 'idempotency-key': 'the-first-one' })
  expect(response.statusCode).toBe(201)
  return response.json<{ id: string }>().id
}

describe('an account that the operator disables', () => {
  it('S23 loses its sessions and streams within a second, in every process; other accounts keep theirs', async () => {
    const [first, second] = servers
    if (!first || !second) throw new Error('Two servers')
    const here = [
      await first.signIn('UK9394'),
      await first.signIn('UK9394'),
      await second.signIn('UK9394'),
    ] as const
    const others = [await first.signIn('UK1234'), await second.signIn('UK1234')] as const
    const streams = [await first.events(here[0]), await second.events(here[2])]
    const kept = await second.events(others[1])
    const began = Date.now()
    expect(await disableAccount(first.scope('UK9394'), at)).toBe('done')
    await Promise.all(streams.map((stream) => stream.ended))
    expect(Date.now() - began).toBeLessThan(1000)
    for (const browser of here) expect(await answerOf(browser)).toEqual(disabled)
    for (const browser of others) expect(await answerOf(browser)).toBe(200)
    expect(kept.response.destroyed).toBe(false)
    expect(await second.sessions.devices(second.scope('UK9394').brokerId)).toEqual([])
    kept.close()
    expect(await enableAccount(first.scope('UK9394'))).toBe('done')
  })

  it('may sign in again when it is enabled, and gets none of its old sessions back', async () => {
    const [server] = servers
    if (!server) throw new Error('A server')
    const before = await server.signIn('UK0011')
    expect(await disableAccount(server.scope('UK0011'), at)).toBe('done')
    expect(await disableAccount(server.scope('UK0011'), at)).toBe('unchanged')
    await vi.waitFor(async () => expect(await answerOf(before)).toEqual(disabled))
    const callback = await before.loginAtBroker('UK0011')
    expect((await before.get(callback)).headers.location).toContain('/sign-in?problem=not-allowed')
    expect(await enableAccount(server.scope('UK0011'))).toBe('done')
    expect(await enableAccount(server.scope('UK0011'))).toBe('unchanged')
    expect(await answerOf(before)).not.toBe(200)
    await vi.waitFor(async () => expect(await answerOf(await server.signIn('UK0011'))).toBe(200))
    expect(await disableAccount(server.scope('UK0012'), at)).toBe('unknown')
    expect(
      (await auditOf(server, 'UK0011')).map(({ action, device_id, ip }) => [action, device_id === null, ip]),
    ).toEqual([
      ['signed-in', false, '127.0.0.1'],
      ['account-disabled', true, null],
      ['sign-in-refused', true, '127.0.0.1'],
      ['account-enabled', true, null],
      ['signed-in', false, '127.0.0.1'],
    ])
    expect(await auditOf(server, 'UK0012')).toEqual([])
  })

  it('has its active runs asked to stop, and starts no more; those of others go on', async () => {
    const [server] = servers
    if (!server) throw new Error('A server')
    const [mine, theirs] = [server.scope('UK0013'), server.scope('UK0014')]
    const people = [await server.signIn('UK0013'), await server.signIn('UK0014')] as const
    const [active, others] = [await startRun(people[0]), await startRun(people[1])]
    const over = await seedRun(mine, 'Over')
    const device = (await server.sessions.devices(mine.brokerId))[0]
    if (!device) throw new Error('Nobody signed in')
    await disableAccount(mine, at)
    const rows = async (scope: typeof mine) =>
      await scope
        .read('runs')
        .selectFrom('runs')
        .select(['id', 'desired', 'stop_reason as reason'])
        .orderBy('created_at')
        .execute()
    const reason = 'The account was disabled by the operator of the server'
    expect(await rows(mine)).toEqual([
      { id: active, desired: 'stopped', reason },
      { id: over, desired: 'stopped', reason: null },
    ])
    expect(await rows(theirs)).toEqual([{ id: others, desired: 'running', reason: null }])
    const written = await auditOf(server, 'UK0013')
    expect(written.slice(-2).map(({ action, detail }) => [action, detail['runId']])).toEqual([
      ['account-disabled', undefined],
      ['run-stop-requested', active],
    ])
    const wanted = await checkRun({ strategyId: 'ema-crossover', mode: 'paper', params }, server.market)
    await expect(insertRun(mine, device, 'in-flight', wanted)).rejects.toMatchObject(disabled)
    expect(await rows(mine)).toHaveLength(2)
  })

  it('gets no session of a sign-in that was under way, which would live again when the account is enabled', async () => {
    const sessions = new MemorySessionStore()
    const slow = await startTestServer({ place, sessions })
    const mine = slow.scope('UK0019')
    const [before, other] = [await slow.signIn('UK0019'), await slow.signIn('UK0020')]
    const set = sessions.set.bind(sessions)
    vi.spyOn(sessions, 'set').mockImplementationOnce(async (...args) => {
      await disableAccount(mine, at)
      // All that was there has been ended; what comes now is found by nobody.
      await vi.waitFor(async () => expect(await answerOf(before)).toEqual(disabled))
      return await set(...args)
    })
    const late = slow.browser()
    const answer = await late.get(await late.loginAtBroker('UK0019'))
    expect(answer.headers.location).toContain('/sign-in?problem=not-allowed')
    expect(await sessions.devices(mine.brokerId)).toEqual([])
    expect(await enableAccount(mine)).toBe('done')
    await vi.waitFor(async () => expect(await answerOf(await slow.signIn('UK0019'))).toBe(200))
    expect(await answerOf(late)).not.toBe(200)
    expect(await answerOf(other)).toBe(200)
    expect((await auditOf(slow, 'UK0019')).map(({ action }) => action)).toContain('sign-in-refused')
    expect((await auditOf(slow, 'UK0020')).map(({ action }) => action)).toEqual(['signed-in'])
    await slow.close()
  })

  it('is found out by a server that was cut off when it was told', async () => {
    const cut = await startTestServer()
    const [browser, other] = [await cut.signIn('UK9394'), await cut.signIn('UK1234')]
    const direct = await startTestServer({
      place: { database: cut.database, sim: cut.sim, close: async () => {} },
    })
    cut.way.cut()
    await disableAccount(direct.scope('UK9394'), at)
    cut.way.mend()
    await vi.waitFor(async () => expect(await answerOf(browser)).toEqual(disabled), 5000)
    expect(await answerOf(other)).toBe(200)
    await direct.close()
    await cut.close()
  })

  it('is known to a server that starts later, whose sessions outlived the one before', async () => {
    const sessions = new MemorySessionStore()
    const first = await startTestServer({ place, sessions })
    const [browser, other] = [await first.signIn('UK0015'), await first.signIn('UK0016')]
    await first.app.close()
    await disableAccount(first.scope('UK0015'), at)
    const second = await startTestServer({ place, sessions })
    const [again, still] = [second.browser(), second.browser()]
    for (const [name, value] of browser.cookies) again.cookies.set(name, value)
    for (const [name, value] of other.cookies) still.cookies.set(name, value)
    expect(await answerOf(again)).toEqual(disabled)
    expect(await answerOf(still)).toBe(200)
    await second.close()
  })
})

describe('an account that is taken off the list of the server', () => {
  it('loses its session on the next request after the restart; those on the list keep theirs', async () => {
    const sessions = new MemorySessionStore()
    const open = await startTestServer({ place, sessions })
    const [gone, kept] = [await open.signIn('UK0017'), await open.signIn('UK0018')]
    const listed = await startTestServer({
      place,
      sessions,
      broker: { allowedBrokerIds: new Set(['UK0018']) },
    })
    for (const [from, result] of [
      [gone, disabled],
      [kept, 200],
    ] as const) {
      const browser = listed.browser()
      for (const [name, value] of from.cookies) browser.cookies.set(name, value)
      expect(await answerOf(browser)).toEqual(result)
    }
    await listed.close()
    await open.close()
  })
})
