import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { get as getOverTls } from 'node:https'

/** One event as a browser would see it. */
export interface SeenEvent {
  readonly type: string
  readonly id: string
  readonly data: unknown
}

/** A stream of server-sent events over a real socket. */
export class TestEventSource {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly events: SeenEvent[] = []
  /** The last id that was sent, also without an event. */
  lastEventId = ''
  heartbeats = 0
  readonly response: IncomingMessage
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>
  #rest = ''

  private constructor(response: IncomingMessage) {
    this.response = response
    this.status = response.statusCode ?? 0
    this.headers = response.headers
    response.setEncoding('utf8').on('data', (text: string) => this.#read(text))
    // Not events.once: a stream that is cut ends with an error, and that is an end too.
    const { promise, resolve } = Promise.withResolvers<void>()
    this.ended = promise
    response.once('close', resolve)
  }

  /** Opens a stream; resolves with the head of the answer. */
  static async open(
    url: string,
    cookie: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestEventSource> {
    const ask = url.startsWith('https:') ? getOverTls : get
    const request = ask(`${url}/api/events`, { headers: { cookie, accept: 'text/event-stream', ...headers } })
    const [response]: IncomingMessage[] = await once(request, 'response')
    if (!response) throw new Error('No answer')
    response.on('error', () => {})
    request.on('error', () => {})
    return new TestEventSource(response)
  }

  /** The types of what has come so far. */
  get types(): readonly string[] {
    return this.events.map((event) => event.type)
  }

  close(): void {
    this.response.destroy()
  }

  #read(text: string): void {
    const frames = (this.#rest + text).split('\n\n')
    this.#rest = frames.pop() ?? ''
    for (const frame of frames) this.#take(frame)
  }

  #take(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const
      }),
    )
    const id = fields.get('id')
    if (id !== undefined) this.lastEventId = id
    const data = fields.get('data')
    if (data === undefined) return
    if (fields.get('event') === 'heartbeat') {
      this.heartbeats += 1
      return
    }
    this.events.push({ type: fields.get('event') ?? 'message', id: id ?? '', data: JSON.parse(data) })
  }
}
