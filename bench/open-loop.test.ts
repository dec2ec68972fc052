import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
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

it.each([
  {
    what: 'is refused',
    answer: (response: ServerResponse) => response.writeHead(503, { 'content-length': 0 }).end(),
    words: '503',
  },
  { what: 'is cut off', answer: (response: ServerResponse) => response.destroy(), words: 'closed before' },
  {
    what: 'says no length',
    answer: (response: ServerResponse) => response.write('x'),
    words: 'closed before',
  },
])('ends with an error when an answer $what', async ({ answer, words }) => {
  const server = createServer((_request, response) => void answer(response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    const target = { url: `http://127.0.0.1:${port}`, requests: [{ path: '/', headers: {} }] }
    await expect(answerTimes(target, { perSecond, seconds: 0.4 })).rejects.toThrow(words)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

it('sees the end of answers longer than what is read at once, each of which it was asked for by its own header', async () => {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers.cookie)
    response.end('x'.repeat(200_000))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  try {
    const requests = ['a', 'b'].map((cookie) => ({ path: '/', headers: { cookie } }))
    const target = { url: `http://127.0.0.1:${port}`, requests }
    expect(await answerTimes(target, { perSecond, seconds: 0.4 })).toHaveLength(20)
    expect(asked.filter((cookie) => cookie === 'a')).toHaveLength(10)
    expect(asked.filter((cookie) => cookie === 'b')).toHaveLength(10)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
