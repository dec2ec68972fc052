import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { MemorySessionStore } from '../../sign-in/memory-session-store.ts'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
const sessions = new MemorySessionStore()
const check = vi.spyOn(sessions, 'check')
beforeAll(async () => {
  server = await startTestServer({ sessions })
})
afterAll(() => server.close())

const ready = () => server.app.inject({ url: '/readyz' })

it('a thousand callers of /readyz cost the database what one costs, and all are told the same', async () => {
  const answers = await Promise.all(Array.from({ length: 1000 }, ready))
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  expect(check).toHaveBeenCalledTimes(1)
})

it('/readyz tells within two seconds that something went, and that it is back', async () => {
  check.mockRejectedValue(new Error('gone'))
  await vi.waitFor(async () => expect((await ready()).statusCode).toBe(503), { timeout: 2000 })
  check.mockResolvedValue()
  await vi.waitFor(async () => expect((await ready()).statusCode).toBe(200), { timeout: 2000 })
})
