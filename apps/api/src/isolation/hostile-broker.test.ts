import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dumpDatabase } from '../testing/dump-database.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { comeBack, startHostileBroker, waysIn } from './hostile-broker.ts'

let broker: Awaited<ReturnType<typeof startHostileBroker>>
let server: TestServer
beforeAll(async () => {
  broker = await startHostileBroker()
  server = await startTestServer({ broker: { apiUrl: broker.url } })
  for (const user_id of ['UK9394', 'UK1234']) {
    broker.vouchFor({ user_id, user_name: 'Somebody' })
    expect(await waysIn['redirect']?.(server.browser())).toBe('signed in')
  }
})
afterAll(async () => {
  await server.close()
  await broker.close()
})

/** Everything stored but logins under way, which are begun before any id is known. */
async function stored() {
  const { 'public.pending_sign_ins': _underWay, ...rest } = await dumpDatabase(server.database.url)
  return rest
}

/** The log since a line; each line must be one JSON object of a size that a reader can bear. */
function logSince(count: number): string {
  const lines = server.lines.slice(count)
  for (const line of lines) {
    expect(line.length).toBeLessThan(8000)
    expect(line.trimEnd()).not.toContain('\n')
    expect(JSON.parse(line)).toHaveProperty('time')
  }
  return lines.join('')
}

const hostileIds: readonly unknown[] = [
  "UK'--",
  "UK9394'; drop table runs; --",
  'UK9394" or 1=1',
  'uk9394',
  'Uk9394',
  ' UK9394',
  'UK9394 ',
  'UK9394\n',
  'UK9394\r\nset-cookie: session=1',
  'UK9394\u0000',
  'UK\u200B9394',
  // Cyrillic U and K, a Greek K, full-width letters and digits, Arabic digits, an accent.
  '\u0423\u041A9394',
  'U\u039A9394',
  '\uFF35\uFF2B9394',
  'UK\uFF19394',
  'UK\u0669\u0663\u0669\u0664',
  'U\u0308K9394',
  '../../etc/passwd',
  '..%2F..%2Fx',
  'UK9394/../UK1234',
  'UK9394,UK1234',
  '*',
  'U',
  'A'.repeat(17),
  'A'.repeat(10_240),
  '💥'.repeat(4),
  '\uD800',
  '__proto__',
  '${process.env.SESSION_SECRET}',
  '',
  9394,
  0,
  true,
  ['UK9394'],
  { toString: 'UK9394' },
  {},
  null,
  undefined,
]

describe('a broker id that no broker gives', () => {
  it.for(Object.entries(waysIn))(
    'S36 is refused by way of %s, kept nowhere and logged nowhere',
    async ([way, signIn], { task }) => {
      const before = await stored()
      const [logged, asked] = [server.lines.length, broker.asked.length]
      for (const user_id of hostileIds) {
        broker.vouchFor({ user_id, user_name: 'Nobody' })
        const browser = server.browser()
        expect([user_id, await signIn(browser)]).toEqual([user_id, 'broker-refused'])
        expect([...browser.cookies.keys()]).toEqual(way === 'redirect' ? ['sign-in'] : [])
      }
      expect(await stored()).toEqual(before)
      const log = logSince(logged)
      for (const id of hostileIds.filter((each) => typeof each === 'string' && each.length > 2)) {
        expect(log).not.toContain(
          JSON.stringify(id)
            .slice(1, -1)
            .replace(/^UK9394$/, '\0'),
        )
      }
      expect(new Set(broker.asked.slice(asked).map((call) => call.split('?')[0]))).toHaveLength(1)
      task.meta.cases = hostileIds.length
      expect((await server.browser().get('/healthz')).statusCode).toBe(200)
    },
  )
})

it.each(['/api/session/step-up', '/api/connection/renew'])(
  'S36 an id that no broker gives is refused at %s too, and whoever is signed in stays who they are',
  async (path) => {
    broker.vouchFor({ user_id: 'UK9394', user_name: 'Somebody' })
    const browser = server.browser()
    expect(await waysIn['redirect']?.(browser)).toBe('signed in')
    const before = await stored()
    for (const user_id of ['uk9394', 'UK9394\n', '\u0423\u041A9394', ['UK9394'], '']) {
      broker.vouchFor({ user_id, user_name: 'Nobody' })
      expect([user_id, await comeBack(browser, path)]).toEqual([user_id, 'broker-refused'])
    }
    expect(await stored()).toEqual(before)
    expect((await browser.get('/api/session')).json()).toMatchObject({ brokerId: 'UK9394', name: 'Somebody' })
  },
)

describe('what a hostile broker says else', () => {
  it('S36 of a name is kept in one line of at most 120 characters that changes nothing around it', async () => {
    const names: readonly (readonly [string, string])[] = [
      ['<script>alert(1)</script>', '<script>alert(1)</script>'],
      ['\u202Egnp.exe\u2066', 'gnp.exe'],
      ['Asha\u0000\u001B[31m\r\nKulkarni\u2028', 'Asha [31m Kulkarni'],
      ['x\uD800y', 'x y'],
      ['A'.repeat(1_000_000), 'A'.repeat(120)],
      ['👩‍👩‍👧‍👦'.repeat(99), '👩‍👩‍👧‍👦'.repeat(10)],
      ['क्षत्रि\u200Dय', 'क्षत्रि\u200Dय'],
      [' \u200E\t ', 'UK9394'],
      ['', 'UK9394'],
    ]
    const logged = server.lines.length
    for (const signIn of Object.values(waysIn)) {
      for (const [user_name, shown] of names) {
        broker.vouchFor({ user_id: 'UK9394', user_name })
        const browser = server.browser()
        expect([user_name.slice(0, 40), await signIn(browser)]).toEqual([user_name.slice(0, 40), 'signed in'])
        const session = await browser.get('/api/session')
        expect(session.json()).toMatchObject({ brokerId: 'UK9394', name: shown })
        expect(session.headers).toMatchObject({
          'content-type': 'application/json; charset=utf-8',
          'x-content-type-options': 'nosniff',
        })
      }
    }
    logSince(logged)
    const { 'public.broker_accounts': accounts } = await stored()
    expect(accounts).toHaveLength(2)
    expect(accounts).toContainEqual(expect.stringContaining('UK1234,Somebody'))
  })

  it('S36 as a refusal is a short line in the log and a known problem to the person', async () => {
    const before = await stored()
    const endless = '\u001B[2J\n{"level":60,"msg":"forged"}\n'.repeat(40_000)
    const refusals = [
      [{ status: 403, body: problem('TokenException', endless) }, 'token-expired'],
      [{ status: 400, body: problem('InputException', endless) }, 'broker-refused'],
      [{ status: 400, body: problem(endless, 'no') }, 'broker-refused'],
      [{ status: 500, body: problem('GeneralException', endless) }, 'broker-unavailable'],
      [{ status: 200, body: endless }, 'broker-unavailable'],
      [{ status: 200, body: '[]' }, 'broker-unavailable'],
      [{ status: 302, body: '' }, 'broker-unavailable'],
    ] as const
    const logged = server.lines.length
    for (const [reply, reason] of refusals) {
      broker.answer(reply)
      const signIn = waysIn['redirect']
      expect([reply.status, await signIn?.(server.browser())]).toEqual([reply.status, reason])
    }
    for (const access_token of ['a\r\nx-evil: 1', 'x'.repeat(10_000), 'ключ', '', 7, null]) {
      broker.vouchFor({ user_id: 'UK9394', user_name: 'Asha', access_token })
      expect(await waysIn['requestToken']?.(server.browser())).toBe('broker-unavailable')
    }
    expect(logSince(logged)).not.toContain('\u001B')
    expect(await stored()).toEqual(before)
  })
})

function problem(error_type: string, message: string): string {
  return JSON.stringify({ status: 'error', error_type, message, data: null })
}
