import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a blob storage answers instead of taking a request. */
interface Refusal {
  readonly status: number
  readonly code: string
}

/** What a blob storage does with a request: take it, answer 503 or another refusal, or leave it without an answer. */
export type AzureMood = 'takes' | 'is busy' | 'hangs' | Refusal

const busy: Refusal = { status: 503, code: 'ServerBusy' }

function refuse(response: ServerResponse, { status, code }: Refusal): void {
  response
    .writeHead(status, { 'content-type': 'application/xml', 'x-ms-error-code': code })
    .end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>No</Message></Error>`)
}

/** As much of a blob storage as the log needs, in any mood; `lines` are those that it has taken. */
export async function startFakeAzure(mood: AzureMood) {
  const lines: string[] = []
  let asked = 0
  const hear = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    asked += 1
    if (mood === 'hangs') return
    if (mood !== 'takes') return refuse(response, mood === 'is busy' ? busy : mood)
    if (request.url?.includes('comp=appendblock')) lines.push(...body.split('\n').filter(Boolean))
    response.writeHead(201).end()
  }
  const server = createServer((request, response) => {
    // Whoever gives up in the midst of a request is not listening any more.
    hear(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an AddressInfo.
  const { port } = server.address() as AddressInfo
  return {
    lines,
    /** How many requests have come. */
    get asked() {
      return asked
    },
    settings: {
      AZURE_BLOB_ACCOUNT_NAME: 'devstoreaccount1',
      AZURE_BLOB_CONTAINER_NAME: 'desk-logs',
      AZURE_BLOB_STORAGE_KEY: Buffer.from('a key of tests').toString('base64'),
      AZURE_BLOB_ENDPOINT: `http://127.0.0.1:${port}/devstoreaccount1`,
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
