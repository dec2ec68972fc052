import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/**
 * A small load balancer in front of several servers: each request goes to the next of them, and to the one after when
 * nobody listens there, as balancers do. A request that a server had begun to see is never sent twice: it is a 502, or
 * an answer that breaks off.
 */
export async function startRoundRobin(targets: readonly string[]) {
  let turn = 0

  function pass(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse, tried = 0): void {
    const target = targets[(turn += 1) % targets.length]
    if (target === undefined || tried === targets.length) return void outgoing.writeHead(502).end()
    // A connection of its own: one that was kept may lead to a server that has died since.
    const { method, headers, url = '' } = incoming
    const onward = request(target + url, { method, headers, agent: false })
    onward.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
      // Server-sent events are there long before their answer ends.
      outgoing.flushHeaders()
      response.pipe(outgoing)
      response.on('error', () => outgoing.destroy())
    })
    onward.on('error', (error) => {
      if (outgoing.headersSent) return void outgoing.destroy()
      const isUnseen = 'code' in error && error.code === 'ECONNREFUSED'
      if (isUnseen) pass(incoming, body, outgoing, tried + 1)
      else outgoing.writeHead(502).end()
    })
    outgoing.on('close', () => onward.destroy())
    onward.end(body)
  }

  const server = createServer((incoming, outgoing) => {
    // Whole, so that it can be sent to another server as well.
    buffer(incoming).then(
      (body) => pass(incoming, body, outgoing),
      () => outgoing.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
