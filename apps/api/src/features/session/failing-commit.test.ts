import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
let owner: pg.Client
beforeAll(async () => {
  server = await startTestServer()
  owner = new pg.Client(server.database.url)
  await owner.connect()
  await owner.query(`create function refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no commit' using errcode = '57014'; end $$`)
})
afterAll(async () => {
  await owner.end()
  await server.close()
})
afterEach(() => owner.query('drop trigger if exists refuse on audit_log'))

/** Makes every transaction that writes an audit row fail when it commits, not before. */
const failCommits = () =>
  owner.query(`create constraint trigger refuse after insert on audit_log
    deferrable initially deferred for each row execute function refuse()`)
const auditOf = async (brokerId: string) =>
  await server.scope(brokerId).read('audit_log').selectFrom('audit_log').select('action').execute()

describe('when the database does not commit', () => {
  it('a revoked device stays signed in, as the answer says', async () => {
    const [here, there] = [await server.signIn('UK9394'), await server.signIn('UK9394')]
    const target = (await there.get('/api/session')).json<{ device: { id: string } }>().device.id
    const before = await auditOf('UK9394')
    await failCommits()
    const response = await here.call('DELETE', `/api/devices/${target}`)
    expect([response.statusCode, response.json().message]).toEqual([
      503,
      expect.stringContaining('nothing was changed'),
    ])
    expect((await there.get('/api/session')).statusCode).toBe(200)
    expect(await auditOf('UK9394')).toEqual(before)
  })

  it('signing in again leaves the browser with the session it had, and puts nobody out', async () => {
    const browsers = []
    for (let count = 0; count < 20; count++) browsers.push(await server.signIn('UK1234'))
    const [first] = browsers
    const renewing = browsers[1]
    const callback = await renewing?.loginAtBroker('UK1234')
    const newcomer = server.browser()
    const theirs = await newcomer.loginAtBroker('UK1234')
    await failCommits()
    for (const response of [await renewing?.get(callback ?? ''), await newcomer.get(theirs)])
      expect(response?.headers.location).toContain('problem=unavailable')
    expect((await renewing?.get('/api/session'))?.statusCode).toBe(200)
    expect((await first?.get('/api/session'))?.statusCode).toBe(200)
    expect((await newcomer.get('/api/session')).statusCode).toBe(401)
  })
})
