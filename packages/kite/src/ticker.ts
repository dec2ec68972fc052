import { WebSocket as WsWebSocket } from 'ws'
import { openConnection, type Connection, type ConnectionEnd } from './connection.ts'
import { Listeners } from './listeners.ts'
import type { Order } from './order-shapes.ts'
import { Subscriptions, type TickerCommand } from './subscriptions.ts'
import type { Tick, TickMode } from './tick.ts'
import { parseFrame } from './ticker-frame.ts'
import { parseText } from './ticker-text.ts'

/**
 * How a ticker is doing. 'stale': connected but silent too long, a new connection follows. 'refused': the broker does not
 * take the token and nothing more is tried until `renew`. 'closed': by us, for good, or not yet connected.
 */
export type TickerState = 'connecting' | 'open' | 'reconnecting' | 'stale' | 'refused' | 'closed'

/** A change of state and, in plain words without secrets, why. */
export interface TickerStatus {
  readonly state: TickerState
  readonly reason: string
}

/** What a ticker has seen since it was made. */
export interface TickerCounters {
  readonly frames: number
  readonly ticks: number
  readonly malformed: number
  readonly orders: number
  readonly reconnects: number
  readonly listenerErrors: number
}

/** Everything a ticker needs; times in milliseconds. */
export interface TickerOptions {
  /** wss://ws.kite.trade, or the simulator's address. */
  readonly url: string
  readonly apiKey: string
  readonly accessToken: string
  readonly WebSocket?: typeof WsWebSocket
  /** Silence that means the connection is dead; the broker sends at least a heartbeat every second. */
  readonly silenceMaxMs?: number
  readonly reconnectMinMs?: number
  readonly reconnectMaxMs?: number
  readonly handshakeTimeoutMs?: number
  /** A number in [0, 1). */
  readonly random?: () => number
  /** Hears what a listener threw; default: a warning of the process. */
  readonly onListenerError?: (error: unknown) => void
}

/** One account's stream of prices and order updates. Each `on…` returns the function that takes the listener off again. */
export interface Ticker {
  readonly status: TickerStatus
  readonly counters: TickerCounters
  onTicks(listener: (ticks: readonly Tick[]) => void): () => void
  onOrder(listener: (order: Order) => void): () => void
  onStatus(listener: (status: TickerStatus) => void): () => void
  /** Begins; once is enough, it reconnects by itself. */
  connect(): void
  /** Asks for instruments, now and after every reconnect; a second call for the same one changes its mode. */
  subscribe(tokens: readonly number[], mode: TickMode): void
  unsubscribe(tokens: readonly number[]): void
  /** Goes on with a new access token, at once, also out of 'refused'. */
  renew(accessToken: string): void
  /** Ends it for good; resolves when no socket and no timer is left. */
  close(): Promise<void>
}

/**
 * A ticker for one account. All its state is in the instance, so any number run side by side in a process; it never
 * throws out of a socket event and never ends the process. Throws RangeError for an address that is none.
 */
export function createTicker(options: TickerOptions): Ticker {
  return new SocketTicker(options)
}

class SocketTicker implements Ticker {
  readonly #options: TickerOptions
  readonly #subscriptions = new Subscriptions()
  readonly #ticks: Listeners<readonly Tick[]>
  readonly #orders: Listeners<Order>
  readonly #statuses: Listeners<TickerStatus>
  readonly #counters = { frames: 0, ticks: 0, malformed: 0, orders: 0, reconnects: 0, listenerErrors: 0 }
  #status: TickerStatus = { state: 'closed', reason: 'not connected yet' }
  #accessToken: string
  #connection: Connection | undefined
  #retry: NodeJS.Timeout | undefined
  #failures = 0
  #life: 'new' | 'running' | 'over' = 'new'
  #farewell: Promise<unknown> = Promise.resolve()

  constructor(options: TickerOptions) {
    if (!URL.canParse(options.url)) throw new RangeError('The url of the ticker is not an address')
    this.#options = options
    this.#accessToken = options.accessToken
    const onError = (error: unknown) => {
      this.#counters.listenerErrors += 1
      if (options.onListenerError) options.onListenerError(error)
      else process.emitWarning(error instanceof Error ? error : String(error))
    }
    this.#ticks = new Listeners(onError)
    this.#orders = new Listeners(onError)
    this.#statuses = new Listeners(onError)
  }

  get status(): TickerStatus {
    return this.#status
  }

  get counters(): TickerCounters {
    return { ...this.#counters }
  }

  onTicks(listener: (ticks: readonly Tick[]) => void): () => void {
    return this.#ticks.add(listener)
  }

  onOrder(listener: (order: Order) => void): () => void {
    return this.#orders.add(listener)
  }

  onStatus(listener: (status: TickerStatus) => void): () => void {
    return this.#statuses.add(listener)
  }

  connect(): void {
    if (this.#life !== 'new') return
    this.#life = 'running'
    this.#dial('connecting', 'first connection')
  }

  subscribe(tokens: readonly number[], mode: TickMode): void {
    this.#send(this.#subscriptions.add(tokens, mode))
  }

  unsubscribe(tokens: readonly number[]): void {
    this.#send(this.#subscriptions.remove(tokens))
  }

  renew(accessToken: string): void {
    const isSame = accessToken === this.#accessToken
    this.#accessToken = accessToken
    if (this.#life !== 'running' || (isSame && this.#status.state !== 'refused')) return
    this.#hangUp()
    this.#failures = 0
    this.#counters.reconnects += 1
    this.#dial('reconnecting', 'a new access token')
  }

  async close(): Promise<void> {
    this.#life = 'over'
    this.#hangUp()
    if (this.#status.state !== 'closed') this.#become('closed', 'closed by us')
    await this.#farewell
  }

  #dial(state: 'connecting' | 'reconnecting', reason: string): void {
    this.#become(state, reason)
    // A status listener may have closed or renewed the ticker just now.
    if (this.#life !== 'running' || this.#connection) return
    const options = this.#options
    const url = new URL(options.url)
    url.searchParams.set('api_key', options.apiKey)
    url.searchParams.set('access_token', this.#accessToken)
    this.#connection = openConnection(
      {
        url,
        WebSocket: options.WebSocket ?? WsWebSocket,
        silenceMaxMs: options.silenceMaxMs ?? 5_000,
        handshakeTimeoutMs: options.handshakeTimeoutMs ?? 7_000,
      },
      {
        onOpen: () => {
          this.#send(this.#subscriptions.all())
          this.#become('open', 'connected')
        },
        onBinary: (bytes) => this.#readFrame(bytes),
        onText: (text) => this.#readText(text),
        onEnd: (end) => this.#ended(end),
      },
    )
  }

  #readFrame(bytes: Uint8Array): void {
    this.#failures = 0
    this.#counters.frames += 1
    const { ticks, malformed } = parseFrame(bytes)
    this.#counters.malformed += malformed
    this.#counters.ticks += ticks.length
    if (ticks.length > 0) this.#ticks.tell(ticks)
  }

  #readText(text: string): void {
    const message = parseText(text)
    switch (message.kind) {
      case 'order':
        this.#counters.orders += 1
        this.#orders.tell(message.order)
        return
      case 'malformed':
        this.#counters.malformed += 1
        return
      case 'token-dead':
        this.#hangUp()
        this.#become('refused', 'the access token is dead')
        return
      case 'notice':
        return
    }
  }

  #ended(end: ConnectionEnd): void {
    this.#connection = undefined
    if (end.kind === 'refused') return this.#become('refused', end.reason)
    const { reconnectMinMs = 500, reconnectMaxMs = 10_000, random = Math.random } = this.#options
    const bound = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** this.#failures)
    this.#failures += 1
    this.#retry = setTimeout(
      () => {
        this.#counters.reconnects += 1
        this.#dial('reconnecting', end.reason)
      },
      bound * (0.5 + random() / 2),
    )
    this.#become(end.kind === 'silent' ? 'stale' : 'reconnecting', end.reason)
  }

  #hangUp(): void {
    clearTimeout(this.#retry)
    const connection = this.#connection
    this.#connection = undefined
    if (connection) this.#farewell = Promise.all([this.#farewell, connection.close()])
  }

  #send(commands: readonly TickerCommand[]): void {
    for (const command of commands) this.#connection?.send(JSON.stringify(command))
  }

  #become(state: TickerState, reason: string): void {
    if (state === this.#status.state && reason === this.#status.reason) return
    this.#status = { state, reason }
    this.#statuses.tell(this.#status)
  }
}
