/** The browser's EventSource, which Node lacks; the real one runs in the journeys. */
export class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static readonly all: FakeEventSource[] = []
  readonly url: string
  readonly withCredentials: boolean
  readyState = 0

  constructor(url: string, { withCredentials }: { withCredentials: boolean }) {
    super()
    this.url = url
    this.withCredentials = withCredentials
    FakeEventSource.all.push(this)
  }

  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }

  /** A cut the browser repairs by itself. */
  cut(): void {
    this.readyState = 0
    this.dispatchEvent(new Event('error'))
  }

  /** A cut the browser gives up on: a refusal, or a server that is gone. */
  giveUp(): void {
    this.readyState = FakeEventSource.CLOSED
    this.dispatchEvent(new Event('error'))
  }

  send(type: string, data: unknown): void {
    const text = typeof data === 'string' ? data : JSON.stringify(data)
    this.dispatchEvent(new MessageEvent(type, { data: text }))
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }
}

/** The EventSource made last. */
export function newest(): FakeEventSource {
  const source = FakeEventSource.all.at(-1)
  if (source === undefined) throw new Error('no EventSource was made')
  return source
}
