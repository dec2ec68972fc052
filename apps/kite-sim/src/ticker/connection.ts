import type { WebSocket } from 'ws'
import { z } from 'zod'
import { encodeFrame, isMode, type Mode, packetLength } from './packets.ts'

/** Unsent bytes at which a socket that reads too slowly is cut. */
const bufferedBytesMax = 8 * 1024 * 1024

/** Unsent bytes above which nobody waits for a socket any longer. */
const awaitedBytesMax = 512 * 1024

/** Packets in one frame, far below the 32,767 its counter can tell. */
const framePacketsMax = 1000

/** What a connection asks of the market. */
export interface Feed {
  /** The longest packet of an instrument now, or undefined for an unknown token. */
  latest(token: number): { readonly packet: Buffer; readonly isIndex: boolean } | undefined
}

/** One browser's or server's ticker socket. */
export interface Connection {
  readonly userId: string
  readonly apiKey: string
  readonly accessToken: string
  readonly tokens: ReadonlyMap<number, Mode>
  /** Adds an instrument's longest packet to the next frame, cut to the subscribed mode. */
  queue(token: number, packet: Buffer, isIndex: boolean): void
  /** Sends what was queued. Resolves when it was written, or at once for a socket that is far behind or closed. */
  flush(): Promise<void>
  sendText(message: unknown): void
  sendHeartbeat(): void
  close(reason: string): void
}

const listSchema = z.array(z.int().min(1).max(0x7fff_ffff)).max(3000)
const commandSchema = z.union([
  z.strictObject({ a: z.enum(['subscribe', 'unsubscribe']), v: listSchema }),
  z.strictObject({ a: z.literal('mode'), v: z.tuple([z.custom<Mode>(isMode), listSchema]) }),
])

/** Speaks the ticker protocol on an accepted socket. */
export function openConnection(
  socket: WebSocket,
  identity: Pick<Connection, 'userId' | 'apiKey' | 'accessToken'>,
  feed: Feed,
): Connection {
  const modes = new Map<number, Mode>()
  let queued: Buffer[] = []
  const queue = (token: number, packet: Buffer, isIndex: boolean): void => {
    const mode = modes.get(token)
    if (mode !== undefined) queued.push(packet.subarray(0, packetLength(mode, isIndex)))
  }
  const send = (data: string | Buffer): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    // A send to a closed socket fails through the callback; that socket's end is handled by its own event.
    socket.send(data, () => resolve())
    if (socket.bufferedAmount > bufferedBytesMax) socket.terminate()
    return promise
  }
  const flush = async (): Promise<void> => {
    const packets = queued
    const isAwaited = socket.bufferedAmount < awaitedBytesMax
    queued = []
    const sent: Promise<void>[] = []
    for (let from = 0; from < packets.length; from += framePacketsMax) {
      sent.push(send(encodeFrame(packets.slice(from, from + framePacketsMax))))
    }
    if (isAwaited) await Promise.all(sent)
  }
  const sendText = (message: unknown): void => void send(JSON.stringify(message))
  const obey = (text: string): void => {
    const refusal = applyCommand(text, modes, feed, queue)
    void flush()
    if (refusal !== undefined) sendText({ type: 'error', data: refusal })
  }
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) obey(data.toString('utf8'))
  })
  return {
    ...identity,
    tokens: modes,
    queue,
    flush,
    sendText,
    sendHeartbeat: () => void send(Buffer.of(0)),
    close: (reason) => socket.close(1008, reason),
  }
}

/** Changes the subscriptions as asked and queues the last packets; answers why not when it could not. */
function applyCommand(
  text: string,
  modes: Map<number, Mode>,
  feed: Feed,
  queue: Connection['queue'],
): string | undefined {
  const command = commandSchema.safeParse(readJson(text)).data
  if (command === undefined) return 'Invalid message. Send {"a":"subscribe|unsubscribe|mode","v":[…]}.'
  const tokens = command.a === 'mode' ? command.v[1] : command.v
  const refused: number[] = []
  for (const token of new Set(tokens)) {
    const latest = feed.latest(token)
    if (command.a === 'unsubscribe') modes.delete(token)
    else if (latest === undefined || (command.a === 'mode' && !modes.has(token))) refused.push(token)
    else {
      modes.set(token, command.a === 'mode' ? command.v[0] : (modes.get(token) ?? 'quote'))
      queue(token, latest.packet, latest.isIndex)
    }
  }
  if (refused.length === 0) return undefined
  return `${command.a === 'mode' ? 'Not subscribed' : 'Unknown instrument tokens'}: ${refused.join(', ')}.`
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
