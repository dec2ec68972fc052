import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificates.ts'

type Headers = Record<string, string | string[] | undefined>

/** What a badly configured proxy does to what passes through it. */
export interface Meddling {
  readonly request?: (headers: IncomingHttpHeaders, path: string) => Headers
  readonly status?: (status: number, path: string) => number
  readonly response?: (headers: IncomingHttpHeaders, path: string) => Headers
  readonly body?: (text: string, path: string) => string
}

/** How it is reached: over TLS when it has a certificate, and at any free port unless told which. */
interface Door {
  readonly certificate?: Certificate
  readonly port?: number
}

/** A proxy on loopback that names its caller in X-Forwarded-For, as proxies do, and then meddles. */
export async function startMeddler(target: string, meddling: Meddling = {}, door: Door = {}) {
  const { certificate, port: wanted = 0 } = door
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, url: path = '/' } = incoming
    const named = { ...incoming.headers, 'x-forwarded-for': '192.0.2.9' }
    const headers = meddling.request?.(named, path) ?? named
    const onward = request(target + path, { method, headers, agent: false })
    const answerWith = async (answer: IncomingMessage) => {
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
    onward.on('response', (answer) => void answerWith(answer))
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }
  const server = certificate ? createTlsServer(certificate, pass) : createServer(pass)
  server.listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    // A certificate is for a name.
    url: certificate ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
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
