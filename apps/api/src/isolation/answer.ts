import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { TestBrowser } from '../testing/browser.ts'
import type { TestServer } from '../testing/server.ts'
import type { SweepCase } from './cases.ts'
import type { SweptRoute } from './sweep-routes.ts'

/** What a browser received. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>
  readonly body: string
}

/** Makes the call of a route as a browser would. Of a stream it takes what comes until the first id. */
export async function callRoute(
  server: TestServer,
  browser: TestBrowser,
  route: SweptRoute,
  call: SweepCase,
): Promise<Answer> {
  const path = Object.entries(call.path ?? {}).reduce(
    (url, [name, value]) =>
      name === '*' ? url.replace('*', () => value) : url.replace(`:${name}`, () => encodeURIComponent(value)),
    route.url,
  )
  const query = call.query ? `?${new URLSearchParams(call.query).toString()}` : ''
  const headers = call.headers ?? {}
  if (route.isStream) return await streamHead(server, `${path}${query}`, browser, headers)
  const { method } = route
  if (!isMethod(method)) throw new Error(`Browsers do not call ${method}`)
  const {
    statusCode,
    headers: answered,
    body,
  } = await browser.call(method, `${path}${query}`, {
    headers,
    ...(call.body ? { body: call.body } : {}),
  })
  return { status: statusCode, headers: answered, body }
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const

function isMethod(text: string): text is (typeof methods)[number] {
  return methods.some((method) => method === text)
}

async function streamHead(
  server: TestServer,
  path: string,
  browser: TestBrowser,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { app } = server
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const request = get(`${app.listeningOrigin}${path}`, {
    agent: false,
    signal: AbortSignal.timeout(10_000),
    headers: { cookie: browser.cookieHeader, origin: server.webOrigin, ...headers },
  })
  const [response]: IncomingMessage[] = await once(request, 'response')
  if (!response) throw new Error('No answer')
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) {
    body += chunk
    // Up to the first frame with an id; what follows depends on how it is cut into pieces.
    const head = /^.*?^id: .*?\n\n/ms.exec(body)?.[0]
    if (head === undefined) continue
    body = head
    break
  }
  request.destroy()
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** Headers that differ from call to call, or count calls: the answers' lengths are compared with their bodies. */
const volatile: ReadonlySet<string> = new Set([
  'date',
  'content-length',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
])

/** An answer as text to compare byte for byte, without its request id and what chance and clock put into it. */
export function comparable({ status, headers, body }: Answer): string {
  const lines = Object.entries(headers)
    .filter(([name]) => !volatile.has(name))
    .map(([name, value]) => `${name}: ${[value].flat().map(withoutChance).join('; ')}`)
  const isProblem = String(headers['content-type']).startsWith('application/problem+json')
  const text = isProblem ? body.replace(/"requestId":"[\w-]{10,32}"/, '"requestId":"…"') : body
  return [status, ...lines.toSorted(), '', text].join('\n')
}

/** Cookies and addresses of sign-ins hold random words; their attributes and the rest of them are compared. */
function withoutChance(value: unknown): string {
  return String(value)
    .replace(/^([\w-]+)=[^;]+/, '$1=…')
    .replace(/Expires=[^;]+/, 'Expires=…')
}

/**
 * The answer to a call that changed or began something: what was sent stands there as `<sent>`, ids and times that were
 * made for it as `<new>`. `isForeign` tells ids that cannot be new.
 */
export function comparableChange(answer: Answer, sent: string, isForeign: (id: string) => boolean): string {
  return (
    comparable(answer)
      .replaceAll(JSON.stringify(sent), '"<sent>"')
      // The end of a key, by which its owner knows it again.
      .replaceAll(JSON.stringify(sent.slice(-4)), '"<sent>"')
      .replaceAll(`=${encodeURIComponent(sent)}&`, '=<sent>&')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) =>
        isForeign(id) ? id : '<new>',
      )
      .replaceAll(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, '<new>')
      .replaceAll(/(state%3D)[\w-]{43}/g, '$1<new>')
  )
}
