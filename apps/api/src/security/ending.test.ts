import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import { dumpDatabase } from '../testing/dump-database.ts'
import { startStoreServer, storeKinds, type StoreServer } from '../testing/session-stores.ts'

const unknownId = '01a20677-54d3-7444-baea-5f9d901a9b40'
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0'

interface Device {
  readonly id: string
  readonly label: string
  readonly current: boolean
}

describe.each(storeKinds)('sessions in the $kind store', ({ open }) => {
  let server: StoreServer
  beforeAll(async () => {
    server = await startStoreServer(open)
  })
  afterAll(() => server.close())

  const status = async (browser: TestBrowser) => (await browser.get('/api/session')).statusCode
  const devices = async (browser: TestBrowser) =>
    (await browser.get('/api/devices')).json<{ items: Device[] }>().items
  const signInTimes = async (brokerId: string, times: number) => {
    const browsers: TestBrowser[] = []
    for (let count = 0; count < times; count++) {
      server.clock.now += 1000
      browsers.push(await server.signIn(brokerId))
    }
    return browsers
  }

  it('S15 sign-out clears the cookie with the attributes it was set with, and a replay is refused', async () => {
    const browser = server.browser()
    const attributesOf = (lines: string | string[] | undefined) =>
      [lines ?? []]
        .flat()
        .filter((line) => line.startsWith('session='))
        .map((line) =>
          line
            .split('; ')
            .slice(1)
            .filter((part) => !/^(Expires|Max-Age)=/.test(part))
            .toSorted(),
        )
    const signedIn = await browser.get(await browser.loginAtBroker('UK1501'))
    const cookie = browser.cookieHeader
    const [bystander] = await signInTimes('UK1501', 1)
    const response = await browser.call('DELETE', '/api/session')
    expect([response.statusCode, response.body]).toEqual([204, ''])
    expect(attributesOf(response.headers['set-cookie'])).toEqual(attributesOf(signedIn.headers['set-cookie']))
    expect(response.cookies.find(({ name }) => name === 'session')).toMatchObject({ value: '', maxAge: 0 })
    expect(response.cookies.find(({ name }) => name === 'session')?.expires?.getTime()).toBe(0)
    for (const path of ['/api/session', '/api/runs', '/api/devices', '/api/trades.csv'])
      expect((await server.browser().get(path, { headers: { cookie } })).statusCode).toBe(401)
    expect(bystander && (await status(bystander))).toBe(200)
  })

  it('S18 two devices of an account are listed, each knows itself, and their ids are no cookies', async () => {
    const laptop = await server.signIn('UK1801')
    server.clock.now += 1000
    const desktop = await server.signIn('UK1801', firefox)
    await server.signIn('UK1802')
    const seen = await devices(laptop)
    expect(seen.map(({ label, current }) => [label, current])).toEqual([
      ['Chrome on Linux', true],
      ['Firefox on Windows', false],
    ])
    expect((await devices(desktop)).map(({ current }) => current)).toEqual([false, true])
    for (const { id } of seen) {
      expect(laptop.cookieHeader + desktop.cookieHeader).not.toContain(`session=${id}`)
      const forged = await server.browser().get('/api/devices', { headers: { cookie: `session=${id}` } })
      expect(forged.statusCode).toBe(401)
    }
  })

  it('S20 revoking the others, or all, ends exactly those', async () => {
    const [a, b, c] = await signInTimes('UK2001', 3)
    const [stranger] = await signInTimes('UK2002', 1)
    if (!a || !b || !c || !stranger) throw new Error('Not signed in')
    expect((await a.call('DELETE', '/api/devices?scope=others')).json()).toEqual({ revoked: 2 })
    expect([await status(a), await status(b), await status(c), await status(stranger)]).toEqual([
      200, 401, 401, 200,
    ])
    const [again] = await signInTimes('UK2001', 1)
    if (!again) throw new Error('Not signed in')
    expect((await a.call('DELETE', '/api/devices?scope=all')).json()).toEqual({ revoked: 2 })
    expect(a.cookies.has('session')).toBe(false)
    expect([await status(a), await status(again), await status(stranger)]).toEqual([401, 401, 200])
    for (const query of ['', '?scope=some', '?scope=others&scope=all'])
      expect((await stranger.call('DELETE', `/api/devices${query}`)).statusCode).toBe(400)
    expect(await status(stranger)).toBe(200)
  })

  it('S21 the device of another account answers byte for byte like one that does not exist, and nothing happens to it', async () => {
    const [mine, theirs] = [await server.signIn('UK2101'), await server.signIn('UK2102')]
    const [target] = await devices(theirs)
    expect(target?.id).toBeDefined()
    const written = async () => (await dumpDatabase(server.database.url))['public.events']
    const before = await written()
    for (const [method, options] of [
      ['DELETE', {}],
      ['PATCH', { body: { label: 'Mine now' } }],
    ] as const) {
      const [real, unknown] = await Promise.all(
        [target?.id, unknownId].map((id) => mine.call(method, `/api/devices/${id}`, options)),
      )
      if (!real || !unknown) throw new Error('No answer')
      expect([real.statusCode, unknown.statusCode]).toEqual([404, 404])
      const bare = ({ body, headers, json }: typeof real) => ({
        body: body.replace(json<{ requestId: string }>().requestId, ''),
        headers: { ...headers, date: '', 'content-length': '' },
      })
      expect(bare(real)).toEqual(bare(unknown))
    }
    expect(await devices(theirs)).toEqual([target])
    expect(await written()).toEqual(before)
    expect(await status(theirs)).toBe(200)
  })

  it('S25 at the 21st device the one signed in longest goes, with a word in the audit log', async () => {
    const browsers = await signInTimes('UK2501', 20)
    const [first, second] = browsers
    if (!first || !second) throw new Error('Not signed in')
    const oldest = (await devices(first))[0]?.id
    // Being used does not keep it: age is counted from its sign-in.
    server.clock.now += 120_000
    expect(await status(first)).toBe(200)
    const [last] = await signInTimes('UK2501', 1)
    if (!last) throw new Error('Not signed in')
    expect([await status(first), await status(second), await status(last)]).toEqual([401, 200, 200])
    const left = await devices(last)
    expect([left.length, left.some(({ id }) => id === oldest)]).toEqual([20, false])
    const audit = await server
      .scope('UK2501')
      .read('audit_log')
      .selectFrom('audit_log')
      .select('detail')
      .where('action', '=', 'device-revoked')
      .execute()
    expect(audit).toEqual([{ detail: { deviceId: oldest, reason: 'too many devices' } }])
  })
})
