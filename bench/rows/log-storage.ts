import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { serveParent } from '../../scripts/child.ts'

/**
 * The process that stands for an Azure that is up: it takes every block after as long as a call over the network takes, and
 * says at `/lines` how many lines it has. Azurite would not do: what it needs for itself is a multiple of what the server
 * needs to send the log, and both would have it of the same two cores.
 */
const answerMs = 10
let lines = 0

async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/lines') return void response.end(String(lines))
  const isBlock = request.url?.includes('comp=appendblock') === true
  for await (const chunk of request) {
    if (!isBlock) continue
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines += 1
  }
  await delay(answerMs)
  response.writeHead(201).end()
}

const server = createServer((request, response) => {
  // Whoever gives up in the midst of a request is not listening any more.
  hear(request, response).catch(() => response.destroy())
})

await serveParent(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
})
