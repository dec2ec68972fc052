import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../testing/server.ts'
import { newestListAt } from './instrument-refresh.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('the newest list of the broker', () => {
  it.each([
    ['just before eight is of yesterday', '2026-11-23T02:29:59.999Z', '2026-11-22T02:30:00.000Z'],
    ['at eight is of today', '2026-11-23T02:30:00.000Z', '2026-11-23T02:30:00.000Z'],
    ['late in the evening is of today', '2026-11-23T18:29:59.000Z', '2026-11-23T02:30:00.000Z'],
    ['after midnight in India is of yesterday', '2026-11-23T18:30:00.000Z', '2026-11-23T02:30:00.000Z'],
  ])('%s', (_what, now, list) => {
    expect(newestListAt(Date.parse(now)).toISOString()).toBe(list)
  })
})

describe('a sign-in', () => {
  it('reads the list again when the one there is was read before this morning’s', async () => {
    const { market } = server
    await server.signIn('UK9394')
    await expect.poll(() => market.instrumentsReadAt(), { timeout: 10_000 }).toBeDefined()
    const morning = newestListAt(Date.now())
    await market.noteInstrumentsRead(morning)
    await server.signIn('UK1234')
    expect(await market.instrumentsReadAt()).toEqual(morning)
    await market.noteInstrumentsRead(new Date(morning.getTime() - 1))
    await server.signIn('UK1234')
    const readAt = async () => Number(await market.instrumentsReadAt())
    await expect.poll(readAt, { timeout: 10_000 }).toBeGreaterThan(morning.getTime())
  })
})
