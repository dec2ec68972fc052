import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { LogShipper } from '../log/azure/log-shipper.ts'
import { startAzurite } from '../testing/azurite.ts'
import type { TestBrowser } from '../testing/browser.ts'
import { callRoute } from './answer.ts'
import { readBrokerRows, uuidsOf } from './broker-rows.ts'
import { type BusyAccounts, makeMistakes, openBusyAccounts, workAsTrader } from './busy-accounts.ts'
import { Canaries, type Finding } from './canary.ts'
import { cases } from './cases.ts'
import { foreignLines } from './log-lines.ts'
import { sweptRoutes } from './sweep-routes.ts'

let busy: BusyAccounts
/** Everything that reached A's browser, and what Postgres said to A's account. */
const heard: { readonly where: string; readonly text: string }[] = []
const notified: string[] = []

/** What an account is told of as it happens when it trades and its devices come and go. */
const allTypes = ['run', 'order', 'fill', 'trade', 'device', 'tick']

/** Keeps every answer that a browser gets from now on. */
function overhear(browser: TestBrowser): void {
  const call = browser.call.bind(browser)
  browser.call = async (method, path, options) => {
    const response = await call(method, path, options)
    heard.push({ where: `${method} ${path}`, text: `${JSON.stringify(response.headers)}\n${response.body}` })
    return response
  }
}

async function overhearStream(lastEventId?: string): Promise<void> {
  const { server, a } = busy
  const stream = await server.events(
    a.browser,
    lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
  )
  stream.response.on('data', (text: string) => heard.push({ where: 'the event stream', text }))
  await vi.waitFor(() => expect(stream.lastEventId).not.toBe(''))
}

/** A text in which there is a frame of each type. */
const allFrames = new RegExp(allTypes.map((type) => `(?=.*event: ${type}\\n)`).join(''), 's')

const streamed = () =>
  heard.flatMap(({ where, text }) => (where === 'the event stream' ? [text] : [])).join('')

const findings = (): Finding[] => heard.flatMap(({ where, text }) => busy.b.canaries.find(where, text))

beforeAll(async () => {
  busy = await openBusyAccounts()
  const { a, b, owner, registered, server } = busy
  overhear(a.browser)
  const listening = new pg.Client(server.database.url)
  await listening.connect()
  listening.on('notification', ({ payload = '' }) => void notified.push(payload))
  for (const channel of ['account_events', 'account_wanted', 'account_ticks']) {
    await listening.query(`listen ${channel}`)
  }
  const seenByB = await server.events(b.browser)
  await overhearStream()
  await overhearStream(a.ids.eventSeq)
  await overhearStream(b.ids.eventSeq)
  await busy.trade(2)
  await Promise.all([workAsTrader(a), workAsTrader(b)])
  await makeMistakes(a)
  const document: unknown = (await a.browser.get('/api/openapi.json')).json()
  for (const route of sweptRoutes(registered, document)) {
    const call = cases[route.name]?.(a.ids) ?? {}
    if (route.method === 'GET' && !call.changes) await callRoute(server, a.browser, route, call)
  }
  await busy.trade(1)
  await server.signIn(b.brokerId)
  await a.browser.call('DELETE', '/api/session')
  await a.browser.signIn(a.brokerId)
  await vi.waitFor(() => expect(seenByB.types).toEqual(expect.arrayContaining(allTypes)), { timeout: 10_000 })
  await vi.waitFor(() => expect(streamed()).toEqual(expect.stringMatching(allFrames)), { timeout: 10_000 })
  await listening.end()
  // With what has come to B meanwhile: runs, orders, trades, devices.
  for (const id of uuidsOf(await readBrokerRows(owner, b.brokerId))) b.canaries.add(id)
}, 120_000)
afterAll(() => busy.close())

it('S37 nothing that A’s browser received while B was busy holds anything of B', ({ task }) => {
  expect(findings()).toEqual([])
  task.meta.cases = heard.length
  const bytes = heard.reduce((sum, { text }) => sum + text.length, 0)
  console.log(`canary: ${heard.length} answers and frames, ${bytes} bytes, ${busy.lines.length} log lines`)
})

it('S37 no log line that is not B’s own holds anything of B', ({ task }) => {
  expect(foreignLines(busy.lines, busy.b)).toEqual([])
  task.meta.cases = busy.lines.length
  const own = busy.lines.map((line): { brokerId?: string } => JSON.parse(line))
  for (const { brokerId } of [busy.a, busy.b]) {
    expect(own.filter((line) => line.brokerId === brokerId).length).toBeGreaterThan(10)
  }
})

it('S37 no blob of the log that is not in B’s own folder holds anything of B', async ({ task }) => {
  const [azurite, spillDir] = await Promise.all([
    startAzurite(),
    mkdtemp(path.join(tmpdir(), 'canary-spill-')),
  ])
  try {
    const container = azurite.container('desk-logs')
    const tell = (_level: string, facts: object, message: string) =>
      expect.fail(`${message} ${JSON.stringify(facts)}`)
    const shipper = new LogShipper({ container, writer: 'desk-1', spillDir, tell })
    for (const line of busy.lines) shipper.write(line)
    await shipper.close(30_000)
    const folders = new Set<string>()
    for await (const { name } of container.listBlobsFlat()) {
      const [folder = ''] = name.split('/')
      folders.add(folder)
      if (folder === busy.b.brokerId) continue
      const text = (await container.getBlobClient(name).downloadToBuffer()).toString()
      expect(busy.b.canaries.find(name, `${name}\n${text}`)).toEqual([])
    }
    expect([...folders].toSorted()).toEqual(['UK1234', 'UK9394', '_system'])
    task.meta.cases = shipper.counts.sent
    expect(shipper.counts.sent).toBe(busy.lines.length)
  } finally {
    await azurite.close()
    await rm(spillDir, { recursive: true })
  }
})

it('S37 no number that the server tells of itself, and no label of one, holds anything of an account', async () => {
  const { server, owner, a, b } = busy
  for (const id of uuidsOf(await readBrokerRows(owner, a.brokerId))) a.canaries.add(id)
  const { statusCode, body } = await server.browser().get('/metrics')
  expect([statusCode, body]).toEqual([200, expect.stringContaining('route="/api/runs/:id/stop"')])
  expect([...a.canaries.find('/metrics', body), ...b.canaries.find('/metrics', body)]).toEqual([])
})

it('S37 no job and no notification of A’s holds anything of B, and jobs hold nothing but whose they are', async () => {
  const { rows } = await busy.owner.query<{ data: { brokerId: string }; text: string }>(
    "select data, to_jsonb(job)::text as text from pgboss.job where name = 'account-actor'",
  )
  expect(new Set(rows.map(({ data }) => data.brokerId))).toEqual(new Set(['UK9394', 'UK1234']))
  for (const { data } of rows) expect(Object.keys(data)).toEqual(['brokerId'])
  const others = rows.filter(({ data }) => data.brokerId !== 'UK1234').map(({ text }) => text)
  others.push(...notified.filter((payload) => !payload.startsWith('UK1234')))
  expect(notified.filter((payload) => payload.startsWith('UK9394')).length).toBeGreaterThan(5)
  expect(others.flatMap((text) => busy.b.canaries.find('a job or notification', text))).toEqual([])
})

it('S37 a leak would be seen: in a frame of the stream, in a log line, and in every coding', async () => {
  const { server, a, b } = busy
  const secret = b.canaries.text('planted')
  await overhearStream()
  await server.scope(a.brokerId).emit('connection', { status: 'connected', renewedBy: secret })
  await vi.waitFor(() =>
    expect(findings()).toContainEqual(expect.objectContaining({ where: 'the event stream' })),
  )
  const line = JSON.stringify({ level: 30, brokerId: a.brokerId, msg: `ended ${b.ids.runId}` })
  expect(foreignLines([line], b)).toHaveLength(1)
  const codings = [
    secret.toUpperCase(),
    Buffer.from(secret).toString('hex'),
    ...['', 'x', 'xy'].map((lead) => Buffer.from(`${lead}${secret}?`).toString('base64')),
    Buffer.from(secret, 'utf16le').toString('latin1'),
    JSON.stringify({ deep: [{ key: secret }] }),
    encodeURIComponent(secret),
  ]
  for (const text of codings) {
    expect([text, new Canaries('UK1234').find('', text).length]).toEqual([
      text,
      expect.toSatisfy((n) => n > 0),
    ])
  }
  expect(new Canaries('UK1234').find('', 'UK9394, UK 1234 and nothing else')).toEqual([])
})
