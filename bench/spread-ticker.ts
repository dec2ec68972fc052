import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { createKiteClient } from '@stratdesk/kite/rest'

/** A way to the simulated broker's ticker on which each instrument has a moment of the second of its own. */
export interface SpreadTicker {
  readonly url: string
  /** When the price of an instrument at a second of the exchange (epoch milliseconds) was written to an account's socket. */
  sentAt(brokerId: string, instrumentToken: number, marketMs: number): number
  close(): Promise<void>
}

/**
 * The simulator sends all prices on the stroke of the second; an exchange makes them through the whole second. Here
 * each packet goes on in a frame of its own, to all accounts at the moment of its instrument, and the rest at once.
 */
export async function startSpreadTicker(simUrl: string): Promise<SpreadTicker> {
  const sent = new Map<string, number>()
  const sockets = new Set<Socket>()
  const { hostname, port } = new URL(simUrl)

  async function serve(client: Socket): Promise<void> {
    sockets.add(client.on('error', () => client.destroy()))
    const [request]: Buffer[] = await once(client, 'data')
    assert.ok(request)
    client.pause()
    const brokerId = await accountOf(request.toString(), simUrl)
    const broker = connect(Number(port), hostname).setNoDelay(true)
    sockets.add(broker.on('error', () => broker.destroy()))
    broker.write(request)
    client.setNoDelay(true).pipe(broker)
    const send = (packet: Buffer) => {
      sent.set(`${brokerId} ${packet.readUInt32BE(0)} ${packet.readUInt32BE(60) * 1000}`, performance.now())
      client.write(frameOf(packet))
    }
    const take = (frame: Buffer) => {
      const packets = packetsOf(frame)
      if (packets.length === 0) client.write(frame)
      // Timers of one length fire in the order they were set, so each instrument keeps its order.
      for (const packet of packets) setTimeout(() => send(packet), momentOf(packet))
    }
    broker.on(
      'data',
      splitFrames((answer) => client.write(answer), take),
    )
    broker.on('close', () => client.destroy())
  }

  const server = createServer((client) => void serve(client).catch(() => client.destroy()))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    url: `ws://127.0.0.1:${address.port}/ws`,
    sentAt: (...of) => sent.get(of.join(' ')) ?? Number.NaN,
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** Whose access token a WebSocket's request carries. */
async function accountOf(request: string, apiUrl: string): Promise<string> {
  const query = new URL(request.split(' ', 2)[1] ?? '', 'ws://ticker').searchParams
  const apiKey = query.get('api_key') ?? ''
  const accessToken = query.get('access_token') ?? ''
  return (await createKiteClient({ apiUrl, apiKey, accessToken }).profile()).userId
}

/** Takes the bytes of a WebSocket's server as they come: first its answer to the request, then frame after frame. */
function splitFrames(onAnswer: (answer: Buffer) => void, onFrame: (frame: Buffer) => void) {
  let rest: Buffer = Buffer.alloc(0)
  let isOpen = false
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n') + 4
      if (end < 4) return
      onAnswer(rest.subarray(0, end))
      rest = rest.subarray(end)
      isOpen = true
    }
    for (let size = frameSize(rest); size <= rest.length; size = frameSize(rest)) {
      onFrame(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
  }
}

/** Milliseconds into the second: of the exchange's own number of the instrument, which the token holds above its lowest byte. */
function momentOf(packet: Buffer): number {
  return (packet.readUInt32BE(0) >>> 8) % 1000
}

/** The length of the first WebSocket frame, head and all; infinite while its head is not there. The simulator's are below 64 KiB. */
function frameSize(bytes: Buffer): number {
  if (bytes.length < 2) return Infinity
  const length = bytes.readUInt8(1)
  if (length < 126) return 2 + length
  return bytes.length < 4 ? Infinity : 4 + bytes.readUInt16BE(2)
}

/** The packets of a frame of prices, each behind its length, when all are full ones; none of any other frame. */
function packetsOf(frame: Buffer): Buffer[] {
  if (frame[0] !== 0x82 || frame[1] !== 126) return []
  const packets: Buffer[] = []
  for (let at = 6; at < frame.length; at += 2 + fullSize) {
    if (frame.readUInt16BE(at) !== fullSize) return []
    packets.push(frame.subarray(at + 2, at + 2 + fullSize))
  }
  return packets
}

const fullSize = 184

/** A binary WebSocket frame with one packet behind a count of one and its length. */
function frameOf(packet: Buffer): Buffer {
  const head = Buffer.from([0x82, 126, 0, packet.length + 4, 0, 1, 0, packet.length])
  return Buffer.concat([head, packet])
}
