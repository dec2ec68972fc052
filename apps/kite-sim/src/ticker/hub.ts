import type { IncomingMessage } from 'node:http'
import { STATUS_CODES, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type Catalogue, catalogueAt } from '../market/instruments.ts'
import type { Market } from '../market/market.ts'
import type { Sessions } from '../sessions.ts'
import { type Connection, openConnection } from './connection.ts'
import { encodeFull } from './packets.ts'

/** Ticker sockets a user may hold open with one api key, as at Kite. */
const connectionsMax = 3
const heartbeatMs = 1000

/** All ticker sockets. */
export interface Hub {
  readonly size: () => number
  /** Queues the packets of one second for every subscriber. */
  tick(second: number): void
  /** Sends what is queued, closes sockets whose token has died, and resolves when all was written. */
  flush(second: number): Promise<void>
  /** Tells a user's sockets of a change of an order. */
  sendOrder(userId: string, order: unknown): void
  close(): void
}

/** What the hub stands on. */
export interface HubOptions {
  readonly server: Server
  readonly market: Market
  readonly sessions: Sessions
  /** The second up to which ticks were sent. */
  readonly second: () => number
}

/** Takes WebSocket upgrades at `/` and `/ws` and feeds the sockets. */
export function createHub(options: HubOptions): Hub {
  const { market, sessions } = options
  const connections = new Set<Connection>()
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false })

  const accept = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '/', 'ws://simulator')
    const apiKey = url.searchParams.get('api_key') ?? ''
    const accessToken = url.searchParams.get('access_token') ?? ''
    const userId = sessions.userOf(apiKey, accessToken)
    if (url.pathname !== '/' && url.pathname !== '/ws') return refuse(stream, 404, 'Route not found')
    if (userId === undefined) return refuse(stream, 403, 'Incorrect `api_key` or `access_token`.')
    const open = [...connections].filter((one) => one.userId === userId && one.apiKey === apiKey).length
    if (open >= connectionsMax) return refuse(stream, 429, 'Too many ticker connections.')
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const latest = (token: number) =>
        latestPacket(market, catalogueAt(options.second()), token, options.second())
      const connection = openConnection(socket, { userId, apiKey, accessToken }, { latest })
      connections.add(connection)
      socket.on('close', () => connections.delete(connection))
      // A broken socket also closes; without a listener its error would end the process.
      socket.on('error', () => socket.terminate())
      const count = catalogueAt(options.second()).all.length
      connection.sendText({ type: 'instruments_meta', data: { count, etag: `W/"sim-${count}"` } })
    })
  }
  options.server.on('upgrade', accept)
  const heart = setInterval(() => {
    for (const connection of connections) connection.sendHeartbeat()
  }, heartbeatMs)

  return {
    size: () => connections.size,
    tick: (second) => tick(connections, market, second),
    flush: async (second) => {
      for (const connection of connections) {
        const isAlive = sessions.userOf(connection.apiKey, connection.accessToken, second) !== undefined
        if (!isAlive) connection.close('token expired')
      }
      await Promise.all([...connections].map((connection) => connection.flush()))
    },
    sendOrder: (userId, data) => {
      for (const connection of connections) {
        if (connection.userId === userId) connection.sendText({ type: 'order', data })
      }
    },
    close: () => {
      clearInterval(heart)
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

function latestPacket(market: Market, catalogue: Catalogue, token: number, second: number) {
  const instrument = catalogue.byToken.get(token)
  if (instrument === undefined) return undefined
  const isIndex = instrument.segment === 'INDICES'
  return { packet: encodeFull(market.snapshot(instrument, second)), isIndex }
}

function tick(connections: ReadonlySet<Connection>, market: Market, second: number): void {
  const catalogue = catalogueAt(second)
  const encoded = new Map<number, ReturnType<typeof latestPacket>>()
  for (const connection of connections) {
    for (const token of connection.tokens.keys()) {
      if (!encoded.has(token)) encoded.set(token, latestPacket(market, catalogue, token, second))
      const latest = encoded.get(token)
      if (latest !== undefined) connection.queue(token, latest.packet, latest.isIndex)
    }
  }
}

function refuse(stream: Duplex, status: number, message: string): void {
  const type = status === 403 ? 'TokenException' : 'GeneralException'
  const body = JSON.stringify({ status: 'error', message, error_type: type, data: null })
  stream.on('error', () => stream.destroy())
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
