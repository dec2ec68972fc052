import { loadConnection } from '@stratdesk/data/connections'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'

let server: TestServer
let owner: pg.Client
beforeAll(async () => {
  server = await startTestServer({ broker: { allowedBrokerIds: new Set(['UK9394', 'UK1234', 'UK0031']) } })
  owner = new pg.Client(server.database.url)
  await owner.connect()
  await owner.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no commit' using errcode = '57014'; end $$`)
})
afterAll(async () => {
  await owner.end()
  await server.close()
})

const auditOf = async (brokerId: string) =>
  await server.scope(brokerId).read('audit_log').selectFrom('audit_log').selectAll().orderBy('id').execute()
const actionsOf = async (brokerId: string) => (await auditOf(brokerId)).map(({ action }) => action)
const idOf = async (browser: TestBrowser) =>
  (await browser.get('/api/session')).json<{ device: { id: string } }>().device.id
const startRun = async (browser: TestBrowser, key: string) =>
  await browser.post(
    '/api/runs',
    { strategyId: 'ema-crossover', mode: 'paper', params: { fastLength: 2, slowLength: 5 } },
    { 'idempotency-key': key },
  )
const stopRun = async (browser: TestBrowser, { id, revision }: { id: string; revision: number }) =>
  await browser.post(`/api/runs/${id}/stop`, { flatten: true }, { 'if-match': String(revision) })

describe('the audit log', () => {
  it('S42 has a row of every act, of the account that it was done in, from the device that did it', async () => {
    const [one, two] = [await server.signIn('UK9394'), await server.signIn('UK9394')]
    const stranger = await server.signIn('UK1234')
    const mine = await idOf(one)
    await one.call('PATCH', `/api/devices/${mine}`, { body: { label: 'Desk' } })
    const run = (await startRun(one, 'first-run')).json<{ id: string; revision: number }>()
    await stopRun(one, run)
    await one.call('DELETE', `/api/devices/${await idOf(two)}`)
    const outside = server.browser()
    await outside.get(await outside.loginAtBroker('UK0002'))
    await one.call('DELETE', '/api/session')
    expect(await actionsOf('UK9394')).toEqual([
      'signed-in',
      'signed-in',
      'device-renamed',
      'run-started',
      'run-stop-requested',
      'device-revoked',
      'signed-out',
    ])
    const rows = await auditOf('UK9394')
    expect(rows.slice(2).map((row) => [row.device_id, row.ip])).toEqual(Array(5).fill([mine, '127.0.0.1']))
    expect(await actionsOf('UK1234')).toEqual(['signed-in'])
    expect(await actionsOf('UK0002')).toEqual(['sign-in-refused'])
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })

  it('S42 and the act are there together or not at all', async () => {
    const [one, other] = [await server.signIn('UK9394'), await server.signIn('UK9394')]
    const stranger = await server.signIn('UK1234')
    const run = (await startRun(one, 'second-run')).json<{ id: string; revision: number }>()
    const target = await idOf(other)
    const callback = await server.browser().loginAtBroker('UK0031')
    const before = await auditOf('UK9394')
    const refused = server.browser()
    const notAllowed = await refused.loginAtBroker('UK0002')
    await owner.query(`create constraint trigger refuse after insert on audit_log
      deferrable initially deferred for each row execute function refuse()`)
    const answers = [
      await one.call('PATCH', `/api/devices/${target}`, { body: { label: 'Elsewhere' } }),
      await startRun(one, 'third-run'),
      await stopRun(one, run),
      await one.call('DELETE', `/api/devices/${target}`),
      await one.call('DELETE', '/api/devices?scope=others'),
      await one.call('DELETE', '/api/connection?confirm=true'),
      await one.call('DELETE', '/api/session'),
    ]
    const callbacks = [await server.browser().get(callback), await refused.get(notAllowed)]
    await owner.query('drop trigger refuse on audit_log')
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(7).fill(503))
    expect(callbacks.map(({ cookies }) => cookies.filter(({ name }) => name === 'session'))).toEqual([[], []])
    expect(await auditOf('UK9394')).toEqual(before)
    expect([await actionsOf('UK0031'), await actionsOf('UK0002')]).toEqual([[], ['sign-in-refused']])

    const devices = (await one.get('/api/devices')).json<{ items: { label: string }[] }>().items
    expect(devices.map(({ label }) => label)).toEqual(['Chrome on Linux', 'Chrome on Linux'])
    const runs = (await one.get('/api/runs?status=active')).json<{
      items: { id: string; desired: string }[]
    }>()
    expect(runs.items.map(({ id, desired }) => [id, desired])).toContainEqual([run.id, 'running'])
    const connection = await loadConnection(server.scope('UK9394'), server.vault)
    expect(connection?.accessToken).toBeTruthy()
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
  })
})

describe('a secret', () => {
  it('S42 is in no row of the audit log, no line of the log and no answer, whatever was done with it', async () => {
    const kept: string[] = []
    const inject = server.app.inject.bind(server.app)
    const spied = vi.spyOn(server.app, 'inject').mockImplementation((async (options: object) => {
      const response = await inject(options)
      const { 'set-cookie': _cookies, ...headers } = response.headers
      // Where a login begins, its state goes to the browser by design; nothing else does.
      kept.push(JSON.stringify(headers), response.body.replace(/"loginUrl":"[^"]*"/, ''))
      return response
    }) as never)
    const secrets = new Set(['demo-secret', 's3cret-of-a-form'])
    const browser = server.browser()
    const note = (callback: string) => {
      const { searchParams } = new URL(callback, 'http://x')
      for (const name of ['request_token', 'state']) secrets.add(searchParams.get(name) ?? '')
      for (const value of browser.cookies.values()) {
        secrets.add(value)
        secrets.add(value.split('.')[0] ?? '')
      }
      return callback
    }
    const keys = { apiKey: 'demo-key', apiSecret: 'demo-secret' }
    await browser.get(note(await browser.loginAtBroker('UK9394')))
    const replayed = note(await browser.loginAtBroker('UK9394'))
    await browser.get(replayed)
    await browser.get(replayed)
    await browser.get(note(await browser.loginAtBroker('UK0002')))
    await browser.get(note(await browser.loginAtBroker('UK9394', { decision: 'cancel' })))
    const used = new URL(replayed, 'http://x').searchParams.get('request_token')
    await browser.post('/api/sign-in/kite/request-token', { ...keys, requestToken: used })
    const wrong = { ...keys, apiSecret: 's3cret-of-a-form', requestToken: used }
    await browser.post('/api/sign-in/kite/request-token', wrong)
    const accessToken = (await loadConnection(server.scope('UK9394'), server.vault))?.accessToken ?? ''
    secrets.add(accessToken)
    await browser.post('/api/sign-in/kite/access-token', { apiKey: 'demo-key', accessToken })
    await browser.post('/api/sign-in/kite/access-token', { apiKey: 'demo-key', accessToken: used })
    note(replayed)
    for (const path of ['session', 'devices', 'connection', 'connection/keys', 'audit', 'openapi.json'])
      await browser.get(`/api/${path}`)
    await browser.call('DELETE', '/api/session')
    spied.mockRestore()

    const rows = [...(await auditOf('UK9394')), ...(await auditOf('UK0002'))]
    const said = [JSON.stringify(rows), server.lines.join(''), kept.join('\n')]
    expect(said.map((text) => text.length > 100)).toEqual([true, true, true])
    const all = [...secrets].filter((secret) => secret !== '')
    expect(all.length).toBeGreaterThan(12)
    for (const secret of all) {
      for (const [at, text] of said.entries())
        for (const form of [secret, encodeURIComponent(secret)])
          expect([at, form.slice(0, 4), text.includes(form)]).toEqual([at, form.slice(0, 4), false])
    }
  })
})
