import type { RawData, WebSocket } from 'ws'

/** How one connection came to its end, in words without secrets. */
export interface ConnectionEnd {
  /** 'refused': the broker does not take the token; 'silent': nothing was heard for too long; 'lost': all else. */
  readonly kind: 'refused' | 'silent' | 'lost'
  readonly reason: string
}

/** What happens on a connection; `onEnd` comes exactly once, and nothing after it or after `close`. */
export interface ConnectionEvents {
  readonly onOpen: () => void
  readonly onBinary: (bytes: Uint8Array) => void
  readonly onText: (text: string) => void
  readonly onEnd: (end: ConnectionEnd) => void
}

/** Where and how to connect. */
export interface ConnectionOptions {
  readonly url: URL
  readonly WebSocket: typeof WebSocket
  readonly silenceMaxMs: number
  readonly handshakeTimeoutMs: number
}

/** One WebSocket, from dialling to its end. */
export interface Connection {
  send(text: string): void
  /** Says goodbye and hangs up; resolves when the socket is gone, at most half a second later. */
  close(): Promise<void>
}

/** 3000 full packets are 558 kB; anything much larger is not a ticker. */
const payloadMax = 4 * 1024 * 1024
const farewellMs = 500

/** Dials once. */
export function openConnection(options: ConnectionOptions, events: ConnectionEvents): Connection {
  return new SocketConnection(options, events)
}

class SocketConnection implements Connection {
  readonly #socket: WebSocket
  readonly #events: ConnectionEvents
  readonly #silenceMaxMs: number
  readonly #gone = Promise.withResolvers<void>()
  #silence: NodeJS.Timeout | undefined
  #lostBecause = 'the connection broke'
  #isOver = false

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#events = events
    this.#silenceMaxMs = options.silenceMaxMs
    this.#socket = new options.WebSocket(options.url, {
      handshakeTimeout: options.handshakeTimeoutMs,
      maxPayload: payloadMax,
      perMessageDeflate: false,
      followRedirects: false,
    })
    this.#socket.on('open', () => this.#opened())
    this.#socket.on('message', (data, isBinary) => this.#heard(bytesOf(data), isBinary))
    this.#socket.on('ping', () => this.#alive())
    this.#socket.on('unexpected-response', (_request, { statusCode }) => {
      const kind = statusCode === 401 || statusCode === 403 ? 'refused' : 'lost'
      this.#end({ kind, reason: `the broker answered ${statusCode}` })
    })
    this.#socket.on('error', (error) => {
      if ('code' in error && typeof error.code === 'string') {
        this.#lostBecause = `the connection broke (${error.code})`
      }
    })
    this.#socket.on('close', (code) => {
      this.#gone.resolve()
      this.#end({ kind: 'lost', reason: code === 1006 ? this.#lostBecause : `the broker hung up (${code})` })
    })
  }

  send(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  async close(): Promise<void> {
    this.#finish()
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.close(1000)
    else this.#socket.terminate()
    const hangUp = setTimeout(() => this.#socket.terminate(), farewellMs)
    await this.#gone.promise
    clearTimeout(hangUp)
  }

  #opened(): void {
    if (this.#isOver) return
    const reason = `nothing was heard for ${this.#silenceMaxMs} ms`
    this.#silence = setTimeout(() => this.#end({ kind: 'silent', reason }), this.#silenceMaxMs)
    this.#events.onOpen()
  }

  #heard(bytes: Buffer, isBinary: boolean): void {
    if (this.#isOver) return
    this.#alive()
    if (isBinary) this.#events.onBinary(bytes)
    else this.#events.onText(bytes.toString())
  }

  /** Puts the silence off; a timer that was called off must not be refreshed, that would set it again. */
  #alive(): void {
    if (!this.#isOver) this.#silence?.refresh()
  }

  #end(how: ConnectionEnd): void {
    if (!this.#finish()) return
    this.#socket.terminate()
    this.#events.onEnd(how)
  }

  /** True the first time. */
  #finish(): boolean {
    clearTimeout(this.#silence)
    const isFirst = !this.#isOver
    this.#isOver = true
    return isFirst
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
