import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it arrived over the socket. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers the request, or cuts it; `count` is how many came before. */
export type Answer = (response: ServerResponse, count: number, seen: Seen) => void

/** A real HTTP server on a free port that answers everything with `answer` and remembers what it saw. */
export async function serve(answer: Answer) {
  const seen: Seen[] = []
  const server = createServer((request, response) => void hear(request, response))
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    const one: Seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
    seen.push(one)
    answer(response, seen.length - 1, one)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  return { url: `http://127.0.0.1:${port}`, seen, [Symbol.asyncDispose]: close }
}

/** Answers as Kite does when it went well. */
export function succeed(response: ServerResponse, data: unknown): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ status: 'success', data }))
}

/** Answers as Kite does when it refuses. */
export function refuse(
  response: ServerResponse,
  status: number,
  errorType: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  const body = JSON.stringify({ status: 'error', message, error_type: errorType, data: null })
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}
