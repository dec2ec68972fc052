import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { saveConnection } from '@stratdesk/data/connections'
import { uuidv7 } from '@stratdesk/data/uuid'
import { expect, test, vi } from 'vitest'
import { recordLog } from '../testing/record-log.ts'
import { startStack } from '../testing/stack.ts'
import { Feed } from './feed.ts'

/** A broker that refuses tickers with the token `old`, never answers others, and says of a token what the test says. */
async function startBroker() {
  const upgrades: string[] = []
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    asked.resolve()
    void answer.promise.then(() => {
      response.writeHead(403, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({ status: 'error', error_type: 'TokenException', message: 'Incorrect token' }),
      )
    })
  })
  server.on('upgrade', (request, socket) => {
    const token = new URL(request.url ?? '', 'http://broker').searchParams.get('access_token') ?? ''
    upgrades.push(token)
    socket.on('error', () => {})
    if (token === 'old') socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What a listening server's address() gives for a TCP port.
  const { port } = server.address() as AddressInfo
  return { port, upgrades, asked: asked.promise, answer: () => answer.resolve(), server }
}

test('what the broker says of a token counts for nothing once the connection has another one', async () => {
  await using stack = await startStack()
  const asha = await stack.signIn('UK9394')
  await stack.signIn('UK1234')
  const { vault } = stack.engineOptions
  const broker = await startBroker()
  const connect = (accessToken: string) =>
    saveConnection(asha, vault, {
      apiKey: 'key',
      accessToken,
      expiresAt: new Date(Date.now() + 3_600_000),
      deviceId: uuidv7(),
      deviceLabel: 'Firefox on Linux',
    })
  const feed = new Feed({
    scope: asha,
    vault,
    log: recordLog().log,
    kiteApiUrl: `http://127.0.0.1:${broker.port}`,
    kiteTickerUrl: `ws://127.0.0.1:${broker.port}`,
    onTicks: () => {},
    onOpen: () => {},
    onExpired: () => {},
  })
  await connect('old')
  await feed.want(new Set([257]))
  await broker.asked
  await connect('new')
  await feed.want(new Set([257]))
  await vi.waitUntil(() => broker.upgrades.includes('new'), { timeout: 5_000 })

  broker.answer()
  // Longer than whoever believes the answer would need to write it down.
  for (let turn = 0; turn < 50; turn += 1) await asha.transaction((tx) => tx.lockAccount())

  expect(feed.trouble?.kind).toBe('interrupted')
  await feed.close()
  broker.server.closeAllConnections()
  broker.server.close()
})
