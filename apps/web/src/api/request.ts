import type { Endpoint } from '@stratdesk/contracts/endpoint'
import { type ProblemError, readProblem, unreachable } from './problem-error.ts'

/** Where the API lives: the page's own origin, unless VITE_API_URL names another. */
export const apiBase: string = import.meta.env.VITE_API_URL ?? ''

/** The parts of a request before types: what `call` and `q` reduce an endpoint's own input to. */
export interface RequestParts {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

type SignedOutListener = (why: ProblemError) => void
const signedOutListeners = new Set<SignedOutListener>()

/** Hears every 401 the API answers, whichever call got it. Returns how to stop listening. */
export function onSignedOut(listener: SignedOutListener): () => void {
  signedOutListeners.add(listener)
  return () => signedOutListeners.delete(listener)
}

/** The address of a request; undefined query values are left out. */
export function requestUrl(endpoint: Endpoint, parts: RequestParts): string {
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = parts.params?.[name]
    if (value === undefined) throw new TypeError(`${endpoint.name} needs the path parameter ${name}`)
    return encodeURIComponent(value)
  })
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parts.query ?? {})) {
    if (value !== undefined) search.set(name, String(value))
  }
  return `${apiBase}${path}${search.size > 0 ? `?${search}` : ''}`
}

/** Sends a request with the session's cookie and reads its reply. Throws `ProblemError`, or the signal's reason. */
export async function request(
  endpoint: Endpoint,
  parts: RequestParts,
  signal?: AbortSignal,
): Promise<unknown> {
  const reply = await send(endpoint, parts, signal)
  if (reply.ok) return readBody(endpoint, reply, signal)
  const problem = await readProblem(reply)
  if (reply.status === 401) for (const listener of signedOutListeners) listener(problem)
  throw problem
}

async function send(endpoint: Endpoint, parts: RequestParts, signal?: AbortSignal): Promise<Response> {
  const headers = new Headers(parts.headers)
  const init: RequestInit = {
    method: endpoint.method,
    headers,
    credentials: 'include',
    signal: signal ?? null,
  }
  if (parts.body !== undefined) {
    headers.set('content-type', 'application/json')
    init.body = JSON.stringify(parts.body)
  }
  try {
    return await fetch(requestUrl(endpoint, parts), init)
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreachable(endpoint.method !== 'GET', cause)
  }
}

async function readBody(endpoint: Endpoint, reply: Response, signal?: AbortSignal): Promise<unknown> {
  const shape = endpoint.replies[reply.status]
  if (shape === null || reply.status === 204) return undefined
  try {
    return shape !== undefined && 'mediaType' in shape ? await reply.blob() : await reply.json()
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreachable(endpoint.method !== 'GET', cause)
  }
}
