import { hash } from 'node:crypto'
import { once } from 'node:events'
import { vi } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { RunningKiteSim } from '../app.ts'

const envelope = z.object({
  status: z.enum(['success', 'error']),
  data: z.unknown(),
  message: z.string().optional(),
  error_type: z.string().optional(),
})

/** An answer of the simulator: HTTP status and envelope. */
export type Answer = z.output<typeof envelope> & { readonly http: number }

/** Sends a request and reads Kite's envelope. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const reply = await fetch(url, init)
  return { http: reply.status, ...envelope.parse(await reply.json()) }
}

/** Fills in the login form; answers where the browser is sent. */
export async function logIn(
  sim: RunningKiteSim,
  userId: string,
  fields: Record<string, string> = {},
): Promise<URL> {
  const form = { user_id: userId, password: 'demo', api_key: 'demo-key', ...fields }
  const body = new URLSearchParams(form)
  const reply = await fetch(`${sim.url}/connect/login`, { method: 'POST', body, redirect: 'manual' })
  return new URL(reply.headers.get('location') ?? 'missing:')
}

/** Exchanges a request token. */
export const exchange = (
  sim: RunningKiteSim,
  requestToken: string,
  secret = 'demo-secret',
): Promise<Answer> =>
  ask(`${sim.url}/session/token`, {
    method: 'POST',
    body: new URLSearchParams({
      api_key: 'demo-key',
      request_token: requestToken,
      checksum: hash('sha256', `demo-key${requestToken}${secret}`),
    }),
  })

/** A signed-in user of a simulator. */
export interface Client {
  readonly accessToken: string
  get(path: string): Promise<Answer>
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, form?: Record<string, string>): Promise<Answer>
  ticker(): Promise<Ticker>
}

/** Signs a user in. */
export async function signIn(sim: RunningKiteSim, userId: string): Promise<Client> {
  const back = await logIn(sim, userId)
  const { data } = await exchange(sim, back.searchParams.get('request_token') ?? '')
  const accessToken = z.object({ access_token: z.string() }).parse(data).access_token
  const headers = { authorization: `token demo-key:${accessToken}`, 'x-kite-version': '3' }
  return {
    accessToken,
    get: (path) => ask(`${sim.url}${path}`, { headers }),
    send: (method, path, form) =>
      ask(`${sim.url}${path}`, { method, headers, ...(form ? { body: new URLSearchParams(form) } : {}) }),
    ticker: () => openTicker(`${sim.tickerUrl}?api_key=demo-key&access_token=${accessToken}`),
  }
}

/** A ticker socket that keeps all it hears. */
export interface Ticker {
  readonly socket: WebSocket
  /** Frames other than heartbeats. */
  readonly frames: Buffer[]
  readonly heartbeats: Buffer[]
  readonly texts: { readonly type: string; readonly data: unknown }[]
  command(a: string, v: unknown): void
}

const textMessage = z.object({ type: z.string(), data: z.unknown() })

/** Connects to the ticker; rejects when the upgrade is refused. */
export async function openTicker(url: string): Promise<Ticker> {
  const socket = new WebSocket(url)
  const ticker: Ticker = {
    socket,
    frames: [],
    heartbeats: [],
    texts: [],
    command: (a, v) => socket.send(JSON.stringify({ a, v })),
  }
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) ticker.texts.push(textMessage.parse(JSON.parse(data.toString())))
    else (data.length === 1 ? ticker.heartbeats : ticker.frames).push(data)
  })
  await once(socket, 'open')
  return ticker
}

/** Splits frames into their packets. */
export function packets(frames: readonly Buffer[]): Buffer[] {
  const all: Buffer[] = []
  for (const frame of frames) {
    let at = 2
    for (let left = frame.readInt16BE(0); left > 0; left--) {
      const length = frame.readInt16BE(at)
      all.push(frame.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
    if (at !== frame.length) throw new Error(`frame of ${frame.length} bytes holds packets of ${at}`)
  }
  return all
}

/** Waits until a check passes; a busy machine gets its time. */
export const waitFor = (check: () => void): Promise<void> =>
  vi.waitFor(check, { interval: 5, timeout: 10_000 })
