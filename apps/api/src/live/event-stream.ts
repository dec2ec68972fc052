import type { FastifyReply } from 'fastify'
import type { DeviceSession } from '../sign-in/device-session.ts'
import type { SessionKey } from '../sign-in/session-store.ts'

/** One row of the account's event log, its payload still JSON text. */
export interface LoggedEvent {
  readonly seq: number
  readonly type: string
  readonly payload: string
}

/** A client that lets more than this pile up is cut off; it resumes by its Last-Event-ID. */
const bufferedMax = 1024 * 1024
/** Prices are not queued for a client that is this far behind: they would be old when they arrive. */
const tickBufferedMax = 64 * 1024
/** How long an ended stream may take to flush before its socket is cut. */
const flushMs = 500

/** One browser's open answer to `GET /api/events`. */
export class EventStream {
  readonly device: DeviceSession
  /** The session it was opened with; it does not outlive that one. */
  readonly sessionKey: SessionKey
  /** The sequence of the last event this client has. */
  sent = 0
  /** Whether new events go to it as they come; before, it is still catching up. */
  isLive = false
  readonly #reply: FastifyReply
  #isClosed = false

  constructor(device: DeviceSession, sessionKey: SessionKey, reply: FastifyReply) {
    this.device = device
    this.sessionKey = sessionKey
    this.#reply = reply
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether the browser went away, also before anything was sent. */
  get isAborted(): boolean {
    return this.#reply.raw.destroyed
  }

  /** Calls back when the connection is gone, whoever ended it. */
  onClose(listener: () => void): void {
    this.#reply.raw.once('close', () => {
      this.#isClosed = true
      listener()
    })
  }

  /** Takes the answer over from Fastify without sending any: nobody is there to read one. */
  abandon(): void {
    this.#isClosed = true
    this.#reply.hijack()
  }

  /** Sends the head of the answer and takes it over from Fastify. */
  start(): void {
    const { raw } = this.#reply
    const headers = Object.entries(this.#reply.getHeaders()).filter(([, value]) => value !== undefined)
    this.#reply.hijack()
    raw.on('error', () => raw.destroy())
    for (const [name, value] of headers) if (value !== undefined) raw.setHeader(name, value)
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      // Proxies would hold events back until a buffer is full.
      'x-accel-buffering': 'no',
    })
    this.write('retry: 2000\n\n')
  }

  /** Sends one event unless the client has it already. */
  send(event: LoggedEvent, frame: string | Buffer): void {
    if (event.seq <= this.sent) return
    this.sent = event.seq
    this.write(frame)
  }

  /** Sends a price, or drops it when the client is slow. */
  sendTick(frame: Buffer): void {
    if (this.isLive && this.#reply.raw.writableLength < tickBufferedMax) this.write(frame)
  }

  /** Writes a frame; cuts the client off when it does not keep up. */
  write(frame: string | Buffer): void {
    if (this.#isClosed) return
    const { raw } = this.#reply
    raw.write(frame)
    if (raw.writableLength > bufferedMax) raw.destroy()
  }

  /** Resolves once what was written has left this process, or the stream is closed. */
  async drained(): Promise<void> {
    const { raw } = this.#reply
    if (this.#isClosed || !raw.writableNeedDrain) return
    const { promise, resolve } = Promise.withResolvers<void>()
    raw.once('drain', resolve).once('close', resolve)
    await promise
    raw.off('drain', resolve).off('close', resolve)
  }

  /** Ends the answer; nothing is sent after it. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { raw } = this.#reply
    if (!raw.headersSent) return
    raw.end()
    const cut = setTimeout(() => raw.destroy(), flushMs).unref()
    raw.once('close', () => clearTimeout(cut))
  }
}

/** An event as it goes over the wire. */
export function frameOf(event: LoggedEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${event.payload}\n\n`
}
