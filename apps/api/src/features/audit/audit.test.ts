import { AuditAction, type AuditEntry } from '@stratdesk/contracts/audit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { operator, recordAudit } from '../../audit/record-audit.ts'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let [one, two]: TestBrowser[] = []
beforeAll(async () => {
  server = await startTestServer()
  ;[one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
})
afterAll(() => server.close())

interface Page {
  readonly items: readonly AuditEntry[]
  readonly nextCursor: string | null
}
const read = async (browser: TestBrowser | undefined, query = '') =>
  (await browser?.get(`/api/audit${query}`))?.json<Page>() ?? { items: [], nextCursor: null }

describe('the audit log', () => {
  it('tells each account who did what, when and from which device, and nothing of the other', async () => {
    const device = (await one?.get('/api/session'))?.json().device
    const { items, nextCursor } = await read(one)
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{20}$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        action: 'signed-in',
        device,
        ip: '127.0.0.1',
        detail: { method: 'redirect', userAgent: one?.userAgent },
      },
    ])
    expect(nextCursor).toBe(null)
    const theirs = (await read(two)).items
    expect(theirs.map(({ action }) => action)).toEqual(['signed-in'])
    expect(theirs[0]?.device?.id).not.toBe(device?.id)
  })

  it('pages through rows of one instant without losing or repeating any, and binds cursors to account and list', async () => {
    const [mine, theirs] = [server.scope('UK9394'), server.scope('UK1234')]
    for (const scope of [mine, theirs]) {
      await scope.transaction(async (tx) => {
        for (let count = 0; count < 5; count++) await recordAudit(tx, 'run-started', operator, { count })
      })
    }
    const all = (await read(one)).items
    const paged: AuditEntry[] = []
    let cursor = ''
    for (let page = 0; page < 10; page++) {
      const { items, nextCursor } = await read(one, `?limit=2${cursor}`)
      paged.push(...items)
      if (nextCursor === null) break
      cursor = `&cursor=${nextCursor}`
      expect((await two?.get(`/api/audit?limit=2${cursor}`))?.statusCode).toBe(400)
      expect((await one?.get(`/api/trades?limit=2${cursor}`))?.statusCode).toBe(400)
    }
    expect(paged).toEqual(all)
    expect(all.map(({ detail }) => detail['count'])).toEqual([4, 3, 2, 1, 0, undefined])
    expect(all[0]).toMatchObject({ device: null, ip: null })
  })

  it('is filtered by action, by device and by time, the end not included', async () => {
    const renamed = await one?.call('PATCH', `/api/devices/${(await read(one)).items.at(-1)?.device?.id}`, {
      body: { label: 'Desk' },
    })
    expect(renamed?.statusCode).toBe(200)
    const { id } = renamed?.json<{ id: string }>() ?? { id: '' }
    const actions = async (query: string) => (await read(one, query)).items.map(({ action }) => action)
    expect(await actions('?action=device-renamed')).toEqual(['device-renamed'])
    expect(await actions(`?deviceId=${id}`)).toEqual(['device-renamed', 'signed-in'])
    const [newest] = (await read(one, '?limit=1')).items
    expect(await actions(`?from=${newest?.time}`)).toEqual(['device-renamed'])
    expect(await actions(`?to=${newest?.time}&action=device-renamed`)).toEqual([])
    expect(await actions(`?deviceId=${id}&action=run-started`)).toEqual([])
    for (const query of ['?action=x', '?deviceId=x', '?from=2026-01-01', '?brokerId=UK1234'])
      expect([query, (await one?.get(`/api/audit${query}`))?.statusCode]).toEqual([query, 400])
  })

  it('shows every kind of value that a detail may hold as it is', async () => {
    const detail = { text: '', number: 1.5, whole: 7, yes: true, no: false, nothing: null }
    await recordAudit(server.scope('UK1234'), 'device-renamed', operator, detail)
    expect((await read(two, '?limit=1')).items[0]?.detail).toEqual(detail)
  })

  it('knows every action of the contract', async () => {
    for (const action of AuditAction.options) await recordAudit(server.scope('UK1234'), action, operator)
    const { items } = await read(two, `?limit=${AuditAction.options.length}`)
    expect(items.map(({ action }) => action)).toEqual(AuditAction.options.toReversed())
  })

  it('is for those who are signed in', async () => {
    expect((await server.browser().get('/api/audit')).statusCode).toBe(401)
  })
})
