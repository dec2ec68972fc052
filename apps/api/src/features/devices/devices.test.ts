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
const events = async (brokerId: string) =>
  await server
    .scope(brokerId)
    .read('events')
    .selectFrom('events')
    .select(['type', 'payload'])
    .orderBy('seq')
    .execute()

describe('devices', () => {
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
})
