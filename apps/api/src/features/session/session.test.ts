import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('signing in by redirect', () => {
  it('lets two users in, each with their own account', async () => {
    const [one, two] = [await server.signIn('UK9394'), await server.signIn('UK1234')]
    const [first, second] = [(await one.get('/api/session')).json(), (await two.get('/api/session')).json()]
    expect(first).toMatchObject({ brokerId: 'UK9394', device: { label: 'Chrome on Linux' } })
    expect(first.connection).toMatchObject({
      status: expect.stringMatching(/^(connected|expiring)$/),
      simulated: true,
    })
    expect(second.brokerId).toBe('UK1234')
    expect(second.device.id).not.toBe(first.device.id)
  })
})
