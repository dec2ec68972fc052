import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { startAzurite } from './azurite.ts'

/** A request that was heard to its end and is not passed on yet. */
interface Held {
  readonly heard: IncomingMessage
  readonly body: Buffer
}

/**
 * A way to a blob storage on which a call can be late: whoever sent it sees its connection break, and it reaches the storage
 * only when it is delivered.
 */
export async function startLateAzure(azurite: Awaited<ReturnType<typeof startAzurite>>) {
  let isHolding = false
  let refused = 0
  const held = Promise.withResolvers<Held>()
  const pass = async ({ heard, body }: Held) => {
    const { method, headers, url } = heard
    const passed = request(new URL(url ?? '', azurite.endpoint), { method, headers })
    passed.end(body)
    const [answer]: IncomingMessage[] = await once(passed, 'response')
    if (answer === undefined) throw new Error('The storage did not answer')
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) }
  }
  const hear = async (heard: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(heard)
    if (isHolding && heard.url?.includes('comp=appendblock')) {
      isHolding = false
      held.resolve({ heard, body })
      return void response.destroy()
    }
    const answer = await pass({ heard, body })
    if (answer.status === 412) refused += 1
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }
  const server = createServer((heard, response) => {
    hear(heard, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const { account, key } = azurite
  return {
    container: (name: string) =>
      new ContainerClient(
        `http://127.0.0.1:${port}/${account}/${name}`,
        new StorageSharedKeyCredential(account, key),
        { retryOptions: { maxTries: 1 } },
      ),
    /** The next append is broken off, and late. */
    hold() {
      isHolding = true
    },
    /** How many calls the storage has refused because of how a blob is. */
    get refused() {
      return refused
    },
    /** Has the late append arrive; the storage's status. */
    deliver: async () => (await pass(await held.promise)).status,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
