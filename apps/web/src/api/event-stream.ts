import {
  accountEvents,
  TickEvent,
  type AccountEventPayload,
  type AccountEventType,
} from '@stratdesk/contracts/events'

/** How the live stream stands. Times are epoch ms; `retryAt` is null while the browser is trying by itself. */
export type StreamStatus =
  | { readonly state: 'off' }
  | { readonly state: 'connecting' | 'live'; readonly since: number }
  | { readonly state: 'reconnecting' | 'stale'; readonly since: number; readonly retryAt: number | null }

/**
 * What a stream tells its owner. `onGap`: events may have been missed, so everything shown must be read again; also
 * after the first opening, since what was read before it may be older than its first event.
 */
export interface StreamHandlers {
  readonly onEvent: (event: AccountEvent) => void
  readonly onTick: (tick: TickEvent) => void
  readonly onGap: () => void
  readonly onStatus: (status: StreamStatus) => void
  /**
   * Whether the cookie still belongs to the account this page shows; another tab may have signed in as another one.
   * Asked at every opening; nothing is told before it says true, and false ends the stream. A throw is a cut.
   */
  readonly isSameAccount: () => Promise<boolean>
  /** The stream was cut, refused or broke for good: true goes on trying, false stops (signed out). */
  readonly onBroken: () => Promise<boolean>
}

/** One stored event of the account, its payload checked by the contract. */
export type AccountEvent = {
  [T in AccountEventType]: { readonly type: T; readonly payload: AccountEventPayload<T> }
}[AccountEventType]

/** Cut for longer than this is stale: what the page shows may have changed without it. */
const staleAfterMs = 30_000
const backoffMs = [1000, 2000, 4000, 8000, 15_000] as const
const silenceCheckMs = 5000
/** The server sends a heartbeat every 15 s: silent for longer than two, the connection is dead or the machine slept. */
const silentMs = 35_000
/** The most events held back while the account is checked; more of them cost a full refetch instead. */
const heldMax = 100

/** An opening whose account is being checked: what came meanwhile, and whether everything must be read again. */
interface Opening {
  gap: boolean
  readonly held: AccountEvent[]
}

/**
 * One EventSource that never gives up. The browser's own reconnect resumes after the last event id. When it gives up
 * a new one is made after a growing pause, when the server has fallen silent at once, and `onGap` asks for a full refetch.
 */
export class EventStream {
  readonly #url: string
  readonly #handlers: StreamHandlers
  #source: EventSource | undefined
  #failures = 0
  #cutSince: number | undefined
  #closed = false
  #paused = false
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #staleTimer: ReturnType<typeof setTimeout> | undefined
  readonly #silenceTimer: ReturnType<typeof setInterval>
  /** When the server was last heard while live. */
  #heardAt: number | undefined
  #opening: Opening | undefined

  constructor(url: string, handlers: StreamHandlers) {
    this.#url = url
    this.#handlers = handlers
    handlers.onStatus({ state: 'connecting', since: Date.now() })
    this.#open()
    this.#silenceTimer = setInterval(() => {
      if (this.#heardAt !== undefined && Date.now() - this.#heardAt > silentMs) this.retryNow()
    }, silenceCheckMs)
  }

  /** Makes a new connection at once: the user asked, the network came back or the machine woke up. */
  retryNow(): void {
    if (this.#closed || this.#paused) return
    clearTimeout(this.#retryTimer)
    this.#cut(null)
    this.#open()
  }

  /** Lets the connection go while nobody looks: a browser has only six to one origin. */
  pause(): void {
    if (this.#closed || this.#paused) return
    this.#paused = true
    this.#source?.close()
    this.#source = undefined
    this.#opening = undefined
    this.#heardAt = undefined
    this.#cutSince = undefined
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#staleTimer)
    this.#handlers.onStatus({ state: 'connecting', since: Date.now() })
  }

  /** Connects again after a pause; what was missed is read again. */
  resume(): void {
    if (this.#closed || !this.#paused) return
    this.#paused = false
    this.#failures = 0
    this.#handlers.onStatus({ state: 'connecting', since: Date.now() })
    this.#open()
  }

  close(): void {
    this.#closed = true
    this.#opening = undefined
    this.#source?.close()
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#staleTimer)
    clearInterval(this.#silenceTimer)
    this.#handlers.onStatus({ state: 'off' })
  }

  #open(): void {
    this.#source?.close()
    const source = new EventSource(this.#url, { withCredentials: true })
    this.#source = source
    let isNew = true
    source.addEventListener('open', () => {
      void this.#opened(source, isNew)
      isNew = false
    })
    source.addEventListener('error', () => void this.#failed(source))
    const hear = (type: string, take: (data: string) => void) =>
      source.addEventListener(type, ({ data }) => {
        if (this.#closed || source !== this.#source) return
        this.#heardAt = Date.now()
        take(data)
      })
    hear('heartbeat', () => {})
    hear('reset', () => this.#gap())
    hear('tick', (data) => {
      const tick = TickEvent.safeParse(parseJson(data))
      if (tick.success && this.#opening === undefined) this.#handlers.onTick(tick.data)
    })
    for (const type of accountEventTypes) {
      hear(type, (data) => {
        const event = readEvent(type, data)
        if (event !== undefined) this.#take(event)
      })
    }
  }

  /** Goes live once the account is known to be the same; until then ticks are dropped and events held back. */
  async #opened(source: EventSource, isNew: boolean): Promise<void> {
    if (this.#closed || source !== this.#source) return
    const opening: Opening = { gap: isNew || this.#opening?.gap === true, held: [] }
    this.#opening = opening
    this.#heardAt = Date.now()
    const isSame = await this.#handlers.isSameAccount().catch(() => undefined)
    if (this.#opening !== opening) return
    if (isSame === false) return this.close()
    if (isSame === undefined) {
      source.close()
      return this.#failed(source)
    }
    this.#opening = undefined
    clearTimeout(this.#staleTimer)
    this.#failures = 0
    this.#cutSince = undefined
    this.#handlers.onStatus({ state: 'live', since: Date.now() })
    if (opening.gap) this.#handlers.onGap()
    for (const event of opening.held) this.#handlers.onEvent(event)
  }

  #gap(): void {
    if (this.#opening === undefined) this.#handlers.onGap()
    else this.#opening.gap = true
  }

  #take(event: AccountEvent): void {
    if (this.#opening === undefined) this.#handlers.onEvent(event)
    else if (this.#opening.held.length < heldMax) this.#opening.held.push(event)
    else this.#opening.gap = true
  }

  async #failed(source: EventSource): Promise<void> {
    if (this.#closed || source !== this.#source) return
    if (source.readyState !== EventSource.CLOSED) {
      const isNews = this.#cutSince === undefined
      this.#cut(null)
      // The server may have ended it because this device is signed out: ask now, not after the browser's own pause.
      if (isNews && !(await this.#handlers.onBroken())) this.close()
      return
    }
    const pauseMs = backoffMs[Math.min(this.#failures, backoffMs.length - 1)] ?? 1000
    this.#failures += 1
    this.#cut(Date.now() + pauseMs)
    this.#retryTimer = setTimeout(() => this.#open(), pauseMs)
    if (!(await this.#handlers.onBroken())) this.close()
  }

  #cut(retryAt: number | null): void {
    this.#cutSince ??= Date.now()
    this.#heardAt = undefined
    // A check under way answers for a connection that is gone, and what was held for it with it.
    if (this.#opening !== undefined) this.#opening = { gap: true, held: [] }
    const since = this.#cutSince
    const status = () => (Date.now() - since >= staleAfterMs ? 'stale' : 'reconnecting')
    this.#handlers.onStatus({ state: status(), since, retryAt })
    clearTimeout(this.#staleTimer)
    const untilStale = since + staleAfterMs - Date.now()
    if (untilStale <= 0) return
    this.#staleTimer = setTimeout(
      () => this.#handlers.onStatus({ state: 'stale', since, retryAt }),
      untilStale,
    )
  }
}

// Sealed: the keys of a const object are exactly its type's keys.
const accountEventTypes = Object.keys(accountEvents) as AccountEventType[]

function readEvent(type: AccountEventType, data: string): AccountEvent | undefined {
  const payload = accountEvents[type].safeParse(parseJson(data))
  // Sealed: the payload was just checked by the schema of this very type.
  return payload.success ? ({ type, payload: payload.data } as AccountEvent) : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
