import * as z from 'zod'
import type { Governor, Lane } from './governor.ts'
import { KiteError, unreadableReply } from './kite-error.ts'
import { readText } from './read-text.ts'

/** What every call of one account shares. */
export interface TransportOptions {
  readonly apiUrl: string
  readonly apiKey: string
  readonly accessToken?: string | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly governor?: Governor | undefined
  /** Gives up everything in flight when it aborts. */
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** One request; `secrets` are cut out of whatever error it ends in. */
export interface KiteCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly lane: Lane
  readonly query?: URLSearchParams
  readonly form?: URLSearchParams
  readonly secrets?: readonly string[]
  readonly timeoutMs?: number
}

/** Sends single calls; nothing is tried twice here. */
export interface Transport {
  /** The `data` of the reply; rejects with KiteError. */
  send(call: KiteCall): Promise<unknown>
  /** The open reply of a call that does not answer in JSON, its body unread; rejects with KiteError. */
  open(call: KiteCall): Promise<Response>
}

const errorEnvelope = z.object({
  status: z.literal('error'),
  message: z.string().nullish(),
  error_type: z.string().nullish(),
})
const dataEnvelope = z.object({ status: z.literal('success'), data: z.unknown() })
/** Names of errors that say the broker's own parts lost each other, so an order may have gone through. */
const vagueTypes: ReadonlySet<string> = new Set(['NetworkException', 'DataException'])
/** System errors of a connection that never came about: nothing was sent. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])
const defaultTimeoutMs = 7_000
/** Of what a broker writes we keep what a log line can bear; its longest known message has 160 characters. */
const messageMax = 500
const errorTypeMax = 64

/** A transport for one account. The secrets live in this closure: nothing of it can be printed or serialised. */
export function createTransport(options: TransportOptions): Transport {
  const fetch = options.fetch ?? globalThis.fetch
  const base = options.apiUrl.replace(/\/+$/, '')
  if (!URL.canParse(base)) throw new RangeError('apiUrl is not an address')
  const headers: Record<string, string> = { 'X-Kite-Version': '3', Accept: 'application/json' }
  if (options.accessToken) headers['Authorization'] = `token ${options.apiKey}:${options.accessToken}`

  async function exchange<Result>(
    call: KiteCall,
    read: (response: Response) => Promise<Result>,
  ): Promise<Result> {
    const place = `${call.method} ${call.path}`
    const secrets = [options.accessToken ?? '', ...(call.secrets ?? [])]
    const { signal: given } = options
    await options.governor?.acquire(call.lane, given ? { signal: given } : {})
    if (given?.aborted) throw unsent(`${place}: the caller gave up`)
    const deadline = AbortSignal.timeout(call.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs)
    const signal = given ? AbortSignal.any([given, deadline]) : deadline
    try {
      const query = call.query?.size ? `?${call.query.toString()}` : ''
      const response = await fetch(`${base}${call.path}${query}`, {
        method: call.method,
        headers,
        signal,
        redirect: 'manual',
        ...(call.form ? { body: call.form } : {}),
      })
      return await read(response)
    } catch (error) {
      throw cleaned(error instanceof KiteError ? error : broken(place, error, deadline.aborted), secrets)
    }
  }

  return {
    send: (call) => exchange(call, async (response) => dataOf(call, response, await readText(response))),
    open: (call) =>
      exchange(call, async (response) => {
        if (response.ok) return response
        dataOf(call, response, await readText(response))
        throw unreadableReply(response.status, `${call.method} ${call.path}: a refusal without a reason`)
      }),
  }
}

/** The data of a reply, or the KiteError it means: HTML and bad JSON keep their HTTP status. */
function dataOf(call: KiteCall, response: Response, text: string): unknown {
  const place = `${call.method} ${call.path}`
  const { status } = response
  const retryAfterMs = waitOf(response.headers.get('retry-after'))
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs }
  const envelope = jsonOf(text)
  const refused = errorEnvelope.safeParse(envelope)
  if (refused.success) {
    const errorType = refused.data.error_type?.slice(0, errorTypeMax) ?? 'GeneralException'
    const message = `${place}: ${refused.data.message ?? 'refused without a message'}`
    // Too many requests is said at the door, whatever it is called; Kite calls it NetworkException.
    const isDefinite = status === 429 || (status < 500 && !vagueTypes.has(errorType))
    throw new KiteError({ status, errorType, message, isDefinite, ...asked })
  }
  const answered = dataEnvelope.safeParse(envelope)
  if (response.ok && answered.success) return answered.data.data
  const kind = response.headers.get('content-type')?.split(';')[0] ?? 'no content type'
  const message = `${place}: status ${status} with ${kind}, which is not an answer of Kite`
  throw new KiteError({ status, errorType: 'DataException', message, isDefinite: false, ...asked })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Retry-After in seconds; the form with a date is not used by Kite and is read as no advice. */
function waitOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : undefined
}

function broken(place: string, error: unknown, isTimeout: boolean): KiteError {
  const code = codeOf(error)
  if (unsentCodes.has(code)) return unsent(`${place}: the broker cannot be reached (${code})`)
  const message = isTimeout ? `${place}: no answer in time` : `${place}: the connection broke (${code})`
  return new KiteError({ status: null, errorType: 'NetworkException', message, isDefinite: false })
}

function unsent(message: string): KiteError {
  return new KiteError({ status: null, errorType: 'NetworkException', message, isDefinite: true })
}

/** The system's code of a failed fetch, which hides it in `cause`; never its message, which may hold the address. */
function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    if (at.name === 'AbortError') return 'aborted'
  }
  return 'no reason given'
}

/** Without secrets, and then without control characters and no longer than `messageMax`: the words are the broker's. */
function cleaned(error: KiteError, secrets: readonly string[]): KiteError {
  const found = secrets.filter((secret) => secret !== '' && error.message.includes(secret))
  const message = found.reduce((text, secret) => text.replaceAll(secret, '[secret]'), error.message)
  return error.reworded(message.slice(0, messageMax).replaceAll(/\p{Cc}/gu, ' '))
}
