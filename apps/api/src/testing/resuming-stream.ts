import { setTimeout } from 'node:timers/promises'
import { type SeenEvent, TestEventSource } from './event-source.ts'

/** Between two tries; browsers wait for as long as the server tells them, which is longer. */
const againMs = 50

/** A browser's live events: when a stream ends it opens another behind the last id, again and again, until `close`. */
export class ResumingStream {
  /** What each opening was answered with. */
  readonly statuses: number[] = []
  readonly #open: (lastEventId: string) => Promise<TestEventSource>
  readonly #past: SeenEvent[] = []
  #source: TestEventSource
  #lastEventId = ''
  #isClosed = false
  #held: Promise<void> = Promise.resolve()

  private constructor(open: (lastEventId: string) => Promise<TestEventSource>, source: TestEventSource) {
    this.#open = open
    this.#source = source
    void this.#follow()
  }

  /** Opens the stream of a signed-in device. */
  static async open(url: string, cookie: string): Promise<ResumingStream> {
    const open = (id: string) => TestEventSource.open(url, cookie, id === '' ? {} : { 'last-event-id': id })
    return new ResumingStream(open, await open(''))
  }

  /** What every stream has brought, in order. */
  get events(): readonly SeenEvent[] {
    return [...this.#past, ...this.#source.events]
  }

  /** The sequence of each event so far that has one. */
  get sequences(): readonly number[] {
    return this.events.filter(({ id }) => id !== '').map(({ id }) => Number(id))
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length
  }

  /** Opens no other stream before what it answers is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    return resolve
  }

  close(): void {
    this.#isClosed = true
    this.#source.close()
  }

  async #follow(): Promise<void> {
    while (!this.#isClosed) {
      const source = this.#source
      this.statuses.push(source.status)
      await source.ended
      if (source.status === 200) this.#lastEventId = source.lastEventId || this.#lastEventId
      await this.#reopen()
    }
  }

  async #reopen(): Promise<void> {
    while (!this.#isClosed) {
      await setTimeout(againMs)
      await this.#held
      try {
        const next = await this.#open(this.#lastEventId)
        this.#past.push(...this.#source.events)
        this.#source = next
        return
      } catch {
        // Nobody listens at the moment.
      }
    }
  }
}
