import type { Problem } from '@stratdesk/contracts/problem'
import { STATUS_CODES } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'

/** What Node found before there was a request; other codes mean that it was not HTTP. */
const failures: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KiB'],
}

interface Connection {
  readonly destroyed: boolean
  readonly writable: boolean
  end(text: string): void
  destroy(): void
}

/**
 * Answers what is no request yet (not HTTP, too large, too slow) with a Problem and the headers of every other answer,
 * then closes the connection. No hook runs for it, so it is written to the socket as it is.
 */
export function answerClientErrors(parts: {
  readonly log: FastifyBaseLogger
  readonly headers: Readonly<Record<string, string>>
  readonly nextRequestId: () => string
}): (error: Error, socket: Connection) => void {
  const head = Object.entries(parts.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return (error, socket) => {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
    if (code === 'ECONNRESET' || socket.destroyed) return
    const [status, message] = failures[code] ?? [400, 'The request is malformed']
    const requestId = parts.nextRequestId()
    parts.log.debug({ err: error, requestId }, 'no request could be read')
    const body = JSON.stringify({ code: 'invalid-request', message, requestId } satisfies Problem)
    if (socket.writable) {
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}` +
          `content-type: application/problem+json; charset=utf-8\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
      )
    } else socket.destroy()
  }
}
