import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { answerTimes } from './open-loop.ts'

const holdMs = 200
const perSecond = 50

/** Holds every answer back until some time after the first request, as a server does that stops for a moment. */
async function startStopped() {
  const { promise: until, resolve } = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    setTimeout(resolve, holdMs)
    void until.then(() => response.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${port}` }
}

it('goes on sending while the server has stopped, and counts the wait of each request', async () => {
  const { server, url } = await startStopped()
  try {
    const target = { url, requests: [{ path: '/', headers: {} }] }
    const times = await answerTimes(target, { perSecond, seconds: 0.4, isOverload: true })
    expect(times).toHaveLength(20)
    // One was due every 20 ms; a sender that waits for its answers would have seen the stop once.
    expect(times.filter((time) => time > holdMs / 4).length).toBeGreaterThan(5)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
