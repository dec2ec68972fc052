import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'

type Headers = Record<string, string | string[] | undefined>

/** What a badly configured proxy does to what passes through it. */
export interface Meddling {
  readonly request?: (headers: IncomingHttpHeaders, path: string) => Headers
  readonly status?: (status: number, path: string) => number
  readonly response?: (headers: IncomingHttpHeaders, path: string) => Headers
  readonly body?: (text: string, path: string) => string
}

/** A proxy on loopback that names its caller in X-Forwarded-For, as proxies do, and then meddles. */
export async function startMeddler(target: string, meddling: Meddling = {}) {
  const server = createServer((incoming, outgoing) => {
    const { method, url: path = '/' } = incoming
    const named = { ...incoming.headers, 'x-forwarded-for': '192.0.2.9' }
    const headers = meddling.request?.(named, path) ?? named
    const onward = request(target + path, { method, headers, agent: false })
    const pass = async (answer: IncomingMessage) => {
      const text = await textOf(answer)
      const body = meddling.body?.(text, path) ?? text
      const status = answer.statusCode ?? 502
      const given = meddling.response?.(answer.headers, path) ?? answer.headers
      outgoing.writeHead(meddling.status?.(status, path) ?? status, {
        ...given,
        ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
      })
      outgoing.end(body)
    }
    onward.on('response', (answer) => void pass(answer))
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
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

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of answer.setEncoding('utf8')) text += chunk
  return text
}
