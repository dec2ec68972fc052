import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

interface Device {
  readonly id: string
  readonly label: string
  readonly current: boolean
}
const devices = async (browser: TestBrowser) =>
  (await browser.get('/api/devices')).json<{ items: Device[] }>().items
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0'
const events = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('events')
    .selectFrom('events')
    .select(['type', 'payload'])
    .orderBy('seq')
    .execute()

describe('devices', () => {
  it('are listed for their account alone, with public ids that open nothing', async () => {
    const [laptop, desktop] = [await server.signIn('UK0001'), await server.signIn('UK0001', firefox)]
    await server.signIn('UK0002')
    const seen = await devices(laptop)
    expect(seen.map(({ label, current }) => [label, current])).toEqual([
      ['Chrome on Linux', true],
      ['Firefox on Windows', false],
    ])
    expect((await devices(desktop)).map(({ current }) => current)).toEqual([false, true])
    const forged = await server
      .browser()
      .get('/api/devices', { headers: { cookie: `session=${seen[0]?.id}` } })
    expect(forged.statusCode).toBe(401)
  })

  it('can be renamed, which every device sees and the audit log keeps', async () => {
    const browser = await server.signIn('UK0003')
    const [device] = await devices(browser)
    const response = await browser.call('PATCH', `/api/devices/${device?.id}`, { body: { label: '  Desk ' } })
    expect(response.json()).toMatchObject({ id: device?.id, label: 'Desk', current: true })
    expect((await browser.get('/api/session')).json().device.label).toBe('Desk')
    expect(await events('UK0003')).toContainEqual({
      type: 'device',
      payload: { deviceId: device?.id, change: 'renamed' },
    })
    const wrong = await browser.call('PATCH', `/api/devices/${device?.id}`, { body: { label: '' } })
    expect(wrong.json().fields).toEqual([{ path: 'label', message: 'Enter a label' }])
    expect(
      (await browser.call('PATCH', `/api/devices/${device?.id}`, { body: { label: 7 } })).statusCode,
    ).toBe(400)
  })

  it('that are revoked are signed out at once; the others stay', async () => {
    const [here, there] = [await server.signIn('UK0004'), await server.signIn('UK0004')]
    const other = (await devices(here)).find((device) => !device.current)
    expect((await here.call('DELETE', `/api/devices/${other?.id}`)).statusCode).toBe(204)
    expect((await there.get('/api/session')).statusCode).toBe(401)
    expect(await devices(here)).toHaveLength(1)
    expect((await here.call('DELETE', `/api/devices/${other?.id}`)).statusCode).toBe(404)
  })

  it('can all be revoked but this one, or all', async () => {
    const [a, b, c] = [
      await server.signIn('UK0005'),
      await server.signIn('UK0005'),
      await server.signIn('UK0005'),
    ]
    const stranger = await server.signIn('UK0006')
    expect((await a.call('DELETE', '/api/devices?scope=others')).json()).toEqual({ revoked: 2 })
    expect([(await b.get('/api/session')).statusCode, (await c.get('/api/session')).statusCode]).toEqual([
      401, 401,
    ])
    const again = await server.signIn('UK0005')
    const all = await a.call('DELETE', '/api/devices?scope=all')
    expect(all.json()).toEqual({ revoked: 2 })
    expect(a.cookies.has('session')).toBe(false)
    expect((await again.get('/api/session')).statusCode).toBe(401)
    expect((await stranger.get('/api/session')).statusCode).toBe(200)
    expect((await stranger.call('DELETE', '/api/devices?scope=some')).json().fields[0].path).toBe(
      'query.scope',
    )
    expect((await stranger.call('DELETE', '/api/devices')).statusCode).toBe(400)
  })

  it('of another account answer as ids that do not exist, and nothing happens to them', async () => {
    const [mine, theirs] = [await server.signIn('UK0007'), await server.signIn('UK0008')]
    const [target] = await devices(theirs)
    const written = (await events('UK0007')).length
    for (const [method, options] of [
      ['DELETE', {}],
      ['PATCH', { body: { label: 'Mine now' } }],
    ] as const) {
      const [real, unknown] = await Promise.all(
        [target?.id, '01a20677-54d3-7444-baea-5f9d901a9b40'].map((id) =>
          mine.call(method, `/api/devices/${id}`, options),
        ),
      )
      expect([real?.statusCode, unknown?.statusCode]).toEqual([404, 404])
      expect(real?.body.replace(real.json().requestId, '')).toBe(
        unknown?.body.replace(unknown.json().requestId, ''),
      )
    }
    expect(await devices(theirs)).toEqual([{ ...target }])
    expect((await events('UK0007')).length).toBe(written)
  })

  it('are at most twenty: the one signed in longest goes, with a word in the audit log', async () => {
    const first = await server.signIn('UK0009')
    const label = (await devices(first))[0]?.id
    let last = first
    for (let count = 0; count < 20; count++) last = await server.signIn('UK0009')
    expect(await devices(last)).toHaveLength(20)
    expect((await first.get('/api/session')).statusCode).toBe(401)
    const audit = await server
      .scope('UK0009')
      .read('audit_log')
      .selectFrom('audit_log')
      .select('detail')
      .where('action', '=', 'device-revoked')
      .execute()
    expect(audit).toEqual([{ detail: { deviceId: label, reason: 'too many devices' } }])
  })
})
