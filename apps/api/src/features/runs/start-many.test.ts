import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestBrowser } from '../../testing/browser.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'
import { activeRunsMax } from './start-run.ts'

let server: TestServer
let one: TestBrowser
let two: TestBrowser
beforeAll(async () => {
  server = await startTestServer()
  one = await server.signIn('UK9394')
  two = await server.signIn('UK1234')
})
afterAll(() => server.close())

const start = (browser: TestBrowser, key: string) => {
  const body = { strategyId: 'ema-crossover', params: {}, mode: 'paper' }
  return browser.post('/api/runs', body, { 'idempotency-key': key })
}
const runsOf = (brokerId: string) => server.scope(brokerId).read('runs').selectFrom('runs')

it('two starts with one key at the same moment are one run', async () => {
  const answers = await Promise.all([
    start(two, 'at-once-1'),
    start(two, 'at-once-1'),
    start(two, 'at-once-1'),
  ])
  const [first] = answers
  expect(answers.map((answer) => [answer.statusCode, answer.json().id])).toEqual(
    answers.map(() => [201, first?.json().id]),
  )
  expect(await runsOf('UK1234').select('id').execute()).toEqual([{ id: first?.json().id }])
})

it('an account has so many active runs and no more, however they are started', async () => {
  for (let index = 0; index < activeRunsMax - 2; index++) {
    expect((await start(one, `run-number-${index}`)).statusCode).toBe(201)
  }
  const rest = ['last-but-one', 'the-last-one', 'one-too-many', 'two-too-many'].map((key) => start(one, key))
  const codes = (await Promise.all(rest)).map((answer) => answer.statusCode)
  expect(codes.toSorted((a, b) => a - b)).toEqual([201, 201, 409, 409])
  expect(await runsOf('UK9394').select('id').execute()).toHaveLength(activeRunsMax)

  const refused = await start(one, 'once-more-please')
  expect(refused.json()).toMatchObject({
    code: 'conflict',
    message: '50 runs are active, which is as many as an account can have; stop one, then start this one',
  })
  const audited = server.scope('UK9394').read('audit_log').selectFrom('audit_log').select('id')
  expect(await audited.where('action', '=', 'run-started').execute()).toHaveLength(activeRunsMax)
  expect((await start(two, 'of-the-other-account')).statusCode).toBe(201)
})

it('at the most, a retry still answers its run, and a run that has ended makes room', async () => {
  const retried = await start(one, 'run-number-0')
  expect(retried.statusCode).toBe(201)
  const { id } = retried.json<{ id: string }>()
  await server.scope('UK9394').update('runs').set({ status: 'stopped' }).where('id', '=', id).execute()
  expect((await start(one, 'into-the-room')).statusCode).toBe(201)
})
