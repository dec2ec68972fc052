import { Signer } from '@fastify/cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import {
  outsideStores,
  type OutsideStore,
  signingSecret,
  startStoreServer,
  storeKinds,
  type StoreServer,
} from '../testing/session-stores.ts'

/** Words of drivers and of our own workings, which no answer may hold. */
const inner = /redis|postgres|sql|econn|evalsha|stack|at .+:\d+|undefined|\/src\//i

describe.each(storeKinds)('a cookie that is not right, with sessions in the $kind store', ({ open }) => {
  let server: StoreServer
  let owner: TestBrowser
  let signed: string
  beforeAll(async () => {
    server = await startStoreServer(open)
    owner = await server.signIn('UK9394')
    signed = owner.cookies.get('session') ?? ''
  })
  afterAll(() => server.close())

  const answerTo = (cookie: string) => server.browser().get('/api/session', { headers: { cookie } })
  /** Asks with each; all are refused in plain words, nothing is written and the real session stays. */
  const expectRefused = async (cookies: readonly string[]) => {
    const before = await server.kept.changes()
    for (const cookie of cookies) {
      const response = await answerTo(cookie)
      expect([cookie.slice(0, 80), response.statusCode, response.json().code]).toEqual([
        cookie.slice(0, 80),
        401,
        'signed-out',
      ])
      expect(response.body).not.toMatch(inner)
      expect(response.cookies.filter(({ value }) => value !== '')).toEqual([])
    }
    expect(await server.kept.changes()).toBe(before)
    expect((await owner.get('/api/session')).statusCode).toBe(200)
    expect(server.lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
  }

  it('forged: another signature, another secret, another id or none at all', async () => {
    const [id = '', signature = ''] = signed.split('.')
    const another = 'another secret, as long as a secret has to be'
    await expectRefused(
      [
        id,
        `${id}.`,
        `.${signature}`,
        `${id}.${signature.slice(0, -1)}${signature.endsWith('A') ? 'E' : 'A'}`,
        `${id}.${'A'.repeat(43)}`,
        `${'A'.repeat(43)}.${signature}`,
        new Signer(another).sign(id),
        new Signer(another).sign('admin'),
        new Signer(signingSecret).sign(''),
        new Signer(signingSecret).sign('__proto__'),
        new Signer(signingSecret).sign('* or 1=1 --'),
        `${signed}.${signature}`,
        `s:${signed}`,
      ].map((value) => `session=${encodeURIComponent(value)}`),
    )
  })

  it('truncated, at every length', async () => {
    await expectRefused(
      Array.from(
        { length: signed.length },
        (_, length) => `session=${encodeURIComponent(signed.slice(0, length))}`,
      ),
    )
  })

  it('oversized: eight kibibytes, also behind the right signature of all of them', async () => {
    const long = 'x'.repeat(8 * 1024)
    await expectRefused([
      `session=${long}`,
      `session=${encodeURIComponent(new Signer(signingSecret).sign(long))}`,
      `session=${encodeURIComponent(signed)}${long}`,
      `${'a=b; '.repeat(1600)}c=d`,
    ])
  })

  it('malformed: bytes, escapes and separators that are none', async () => {
    await expectRefused([
      '',
      '=',
      ';;;',
      'session',
      'session=',
      'session=""',
      'session=%',
      'session=%E0%A4%A',
      'session=%00',
      'session={"$gt":""}',
      `session=${'%FF'.repeat(43)}`,
      '__proto__=x; constructor=y; session=z',
    ])
  })

  it('foreign: cookies of others beside it change nothing, those that look alike open nothing', async () => {
    const value = encodeURIComponent(signed)
    await expectRefused([
      `Session=${value}`,
      `SESSION=${value}`,
      `session_id=${value}`,
      `__Host-session=${value}`,
      `__Secure-session=${value}`,
      `sign-in=${value}`,
      `device=${value}`,
    ])
    const amongOthers = await answerTo(`theme=dark; _ga=GA1.1.1; session=${value}; x="a;b"; %=%`)
    expect([amongOthers.statusCode, amongOthers.json().brokerId]).toEqual([200, 'UK9394'])
  })

  it('doubled: the first counts, so two accounts are never mixed', async () => {
    const other = await server.signIn('UK1234')
    const [mine, theirs] = [signed, other.cookies.get('session') ?? ''].map(encodeURIComponent)
    const before = await server.kept.changes()
    for (const [cookie, status, brokerId] of [
      [`session=${mine}; session=${theirs}`, 200, 'UK9394'],
      [`session=${theirs}; session=${mine}`, 200, 'UK1234'],
      [`session=${mine}; session=nonsense`, 200, 'UK9394'],
      [`session=nonsense; session=${mine}`, 401, undefined],
      [Array.from({ length: 50 }, () => `session=${mine}`).join('; '), 200, 'UK9394'],
    ] as const) {
      const response = await answerTo(cookie)
      expect([response.statusCode, response.json().brokerId]).toEqual([status, brokerId])
    }
    expect(await server.kept.changes()).toBe(before)
  })
})

describe.each(outsideStores)('what is kept in $kind', ({ open }) => {
  let server: StoreServer<OutsideStore>
  beforeAll(async () => {
    server = await startStoreServer(open)
  })
  afterAll(() => server.close())

  it('damaged: opens nothing, is said in the security log once and is never a fault of ours', async () => {
    const browser = await server.signIn('UK9394')
    await server.kept.spoil()
    for (const path of ['/api/session', '/api/devices', '/api/runs', '/api/events']) {
      const response = await browser.get(path)
      expect([path, response.statusCode]).toEqual([path, 401])
      expect(response.body).not.toMatch(inner)
    }
    expect(server.warnings).toEqual([{ security: true }])
    await browser.signIn('UK9394')
    expect((await browser.get('/api/devices')).json().items).toHaveLength(1)
    expect(server.lines.filter((line) => /"level":(50|60)/.test(line))).toEqual([])
  })

  it('emptied: everybody is signed out, and signs in again as if for the first time', async () => {
    const [browser, stream] = [await server.signIn('UK1234'), await server.signIn('UK1234')]
    const open = await server.events(stream)
    await server.kept.empty()
    const response = await browser.get('/api/session')
    expect([response.statusCode, response.json().code]).toEqual([401, 'signed-out'])
    await browser.signIn('UK1234')
    expect((await browser.get('/api/devices')).json().items).toHaveLength(1)
    open.close()
  })
})
