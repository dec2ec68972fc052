import { listDevices, renameDevice, revokeDevice } from '@stratdesk/contracts/devices'
import { listRuns, startRun, stopRun } from '@stratdesk/contracts/runs'
import { exportTrades } from '@stratdesk/contracts/trades'
import { afterEach, expect, test, vi } from 'vitest'
import { call, callUrl } from './call.ts'
import { ProblemError } from './problem-error.ts'
import { onSignedOut } from './request.ts'

interface Sent {
  readonly url: string
  readonly init: RequestInit
}

/** The network: answers every request with the reply and keeps what was sent. */
function network(reply: () => Response | Promise<Response>): Sent[] {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    sent.push({ url, init })
    return Promise.resolve().then(reply)
  })
  return sent
}

const problem = (status: number, body: object) => () =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/problem+json' } })
const refusalOf = async (promise: Promise<unknown>): Promise<ProblemError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ProblemError)
  return error as ProblemError
}

afterEach(() => vi.unstubAllGlobals())

test('path parameters are encoded and undefined query values left out', () => {
  expect(callUrl(listRuns, { query: { status: 'active', limit: undefined } })).toBe('/api/runs?status=active')
  expect(callUrl(listRuns)).toBe('/api/runs')
  expect(callUrl(revokeDevice, { params: { id: 'a/b?c' } })).toBe('/api/devices/a%2Fb%3Fc')
})

test('a call carries the cookie, its headers and its body as JSON', async () => {
  const sent = network(() => Response.json({ id: '1' }, { status: 201 }))
  await call(startRun, {
    headers: { 'idempotency-key': '0123456789' },
    body: { strategyId: 'ema-crossover', params: { fastLength: 3 }, mode: 'paper' },
  })
  expect(sent).toHaveLength(1)
  const { url, init } = sent[0] ?? { url: '', init: {} }
  const headers = new Headers(init.headers)
  expect(url).toBe('/api/runs')
  expect(init.method).toBe('POST')
  expect(init.credentials).toBe('include')
  expect(headers.get('idempotency-key')).toBe('0123456789')
  expect(headers.get('content-type')).toBe('application/json')
  expect(init.body).toBe('{"strategyId":"ema-crossover","params":{"fastLength":3},"mode":"paper"}')
})

test('a read has no body and no content type', async () => {
  const sent = network(() => Response.json({ items: [] }))
  expect(await call(listDevices)).toEqual({ items: [] })
  expect(sent[0]?.init.body).toBeUndefined()
  expect(new Headers(sent[0]?.init.headers).has('content-type')).toBe(false)
})

test('a reply without a body is undefined, a file is a blob', async () => {
  network(() => new Response(null, { status: 204 }))
  expect(await call(revokeDevice, { params: { id: '1' } })).toBeUndefined()
  network(() => new Response('id,net\n', { headers: { 'content-type': 'text/csv' } }))
  expect(await (await call(exportTrades)).text()).toBe('id,net\n')
})

test('a refusal throws the server’s problem with its fields and request id', async () => {
  const fields = [{ path: 'label', message: 'Enter a label' }]
  network(problem(400, { code: 'invalid-request', message: 'Check the fields', requestId: 'r-1', fields }))
  const error = await refusalOf(call(renameDevice, { params: { id: '1' }, body: { label: '' } }))
  expect(error).toMatchObject({
    code: 'invalid-request',
    message: 'Check the fields',
    requestId: 'r-1',
    fields,
  })
})

test('a refusal that is not a problem still has a code and a sentence', async () => {
  network(() => new Response('<html>Bad Gateway</html>', { status: 502, headers: { 'x-request-id': 'r-2' } }))
  const error = await refusalOf(call(listDevices))
  expect(error).toMatchObject({ code: 'unavailable', requestId: 'r-2', fields: [] })
  expect(error.message).toMatch(/could not be reached/)
})

test('a server that cannot be reached is unavailable; after a write the sentence warns that it may have acted', async () => {
  network(() => Promise.reject(new TypeError('Failed to fetch')))
  expect((await refusalOf(call(listDevices))).code).toBe('unavailable')
  const write = call(stopRun, { params: { id: '1' }, headers: { 'if-match': '1' }, body: { flatten: true } })
  const error = await refusalOf(write)
  expect(error.code).toBe('unavailable')
  expect(error.message).toMatch(/not known whether this was done/)
})

test('a reply cut off in the middle is unavailable, not a crash', async () => {
  network(() => new Response('{"items":[', { headers: { 'content-type': 'application/json' } }))
  expect((await refusalOf(call(listDevices))).code).toBe('unavailable')
})

test('an aborted call throws the reason it was aborted with', async () => {
  const leaving = new Error('left the screen')
  const abort = new AbortController()
  network(() => {
    abort.abort(leaving)
    throw leaving
  })
  await expect(call(listDevices, {}, { signal: abort.signal })).rejects.toBe(leaving)
})

test('every 401 is heard with its reason by whoever listens, and by nobody who has stopped', async () => {
  network(problem(401, { code: 'signed-out', message: 'Sign in', requestId: 'r-3' }))
  const heard: string[] = []
  const stop = onSignedOut(({ message }) => heard.push(message))
  await refusalOf(call(listDevices))
  stop()
  await refusalOf(call(listRuns))
  expect(heard).toEqual(['Sign in'])
})
