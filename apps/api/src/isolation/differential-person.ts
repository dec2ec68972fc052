import type { LightMyRequestResponse } from 'fastify'
import { vi } from 'vitest'
import type { TestBrowser } from '../testing/browser.ts'
import type { SeenEvent, TestEventSource } from '../testing/event-source.ts'
import { type Answer, Canonical } from './differential-canonical.ts'
import type { World } from './differential-world.ts'

const userAgents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
]

/** How many browsers each account has. */
export const browsersEach = userAgents.length

/** The owner of one account: their browsers, what they know, and every answer they were given. */
export class Person {
  readonly brokerId: string
  readonly world: World
  /** In the order in which they were started. */
  readonly runs: string[] = []
  /** Ids of the browsers that signed in, oldest first. */
  readonly devices: string[] = []
  /** The next page of each list of which the last page said that there is one. */
  readonly nextPages = new Map<string, { readonly path: string; readonly cursor: string }>()
  /** Whose ids are tried at the wrong door; nobody on a server with one account. */
  neighbour: Person | undefined
  /** Round trips that the engine has made for this account. */
  traded = 0
  readonly #canonical = new Canonical()
  readonly #streams: (OpenStream | undefined)[] = []
  #browsers: TestBrowser[]
  #seen = 0

  constructor(world: World, brokerId: string) {
    this.world = world
    this.brokerId = brokerId
    this.#browsers = userAgents.map((userAgent) => world.browser(userAgent))
  }

  /** The account's rows, as the engine reaches them. */
  get scope() {
    return this.world.server.scope(this.brokerId)
  }

  /** A browser by its number. */
  browser(index: number): TestBrowser {
    const browser = this.#browsers[index % browsersEach]
    if (!browser) throw new Error('There is no such browser')
    return browser
  }

  /** Signs a browser in and remembers the device it became. */
  async signIn(index: number): Promise<Answer> {
    const browser = this.browser(index)
    const signedIn = await browser.get(await browser.loginAtBroker(this.brokerId))
    const session = await browser.get('/api/session')
    const { id } = session.json<{ device: { id: string } }>().device
    if (!this.devices.includes(id)) this.devices.push(id)
    return this.answer(signedIn)
  }

  /** Signs every browser in, so that a step by any of them is one by somebody who may come in. */
  async signInEverywhere(): Promise<void> {
    for (const index of this.#browsers.keys()) await this.signIn(index)
  }

  /** Makes this an account in which much has happened, so that its events would stand out among another's. */
  async growOld(): Promise<void> {
    await this.world.growOld(this.brokerId)
    this.#seen = await this.world.lastEvent(this.brokerId)
  }

  /** Puts the browsers before a server that was started anew. */
  meetNewServer(): void {
    this.#browsers = this.#browsers.map((browser) => this.world.browser(browser.userAgent, browser))
    this.#streams.length = 0
  }

  /** An answer of the server, in its canonical form. */
  answer(response: LightMyRequestResponse): Answer {
    return this.#canonical.answer(response)
  }

  /** A page of a list; whether there is a next one is remembered under the list's name. */
  async page(index: number, list: string, path: string, cursor?: string): Promise<Answer> {
    const behind = cursor === undefined ? '' : `${path.includes('?') ? '&' : '?'}cursor=${cursor}`
    const response = await this.browser(index).get(`${path}${behind}`)
    const next: unknown = response.statusCode === 200 ? response.json().nextCursor : undefined
    if (typeof next === 'string') this.nextPages.set(list, { path, cursor: next })
    return this.answer(response)
  }

  /**
   * A cursor of this account's runs, for others to try; undefined while it has fewer than two. Its own browser does not
   * ask and learns nothing, because where this account is alone nobody tries.
   */
  async cursorOfRuns(): Promise<string | undefined> {
    const copy = this.world.browser(this.browser(0).userAgent, this.browser(0))
    const response = await copy.get('/api/runs?limit=1')
    return response.statusCode === 200 ? (response.json().nextCursor ?? undefined) : undefined
  }

  /**
   * The events that a browser's stream has brought since the last time, up to the account's last one; the stream is
   * opened where there is none. Prices of this account are left out, because a server may drop them.
   */
  async readEvents(index: number): Promise<Answer> {
    const last = await this.world.lastEvent(this.brokerId)
    const slot = index % browsersEach
    const source = (await this.#caughtUp(slot, last)) ?? (await this.#reopened(slot, last))
    if (source.status !== 200) return { status: source.status, headers: {}, body: '' }
    const since = this.#seen
    const isNews = ({ id, type, data }: SeenEvent) =>
      type === 'tick' ? !JSON.stringify(data).includes(this.brokerId) : Number(id) > since
    const events = source.events.filter(isNews)
    // What has been compared is not looked at again.
    source.events.length = 0
    this.#seen = last
    return { status: 200, headers: {}, body: this.#canonical.text(events.map(lineOf).join('\n')) }
  }

  /** Ends the streams. */
  leave(): void {
    for (const stream of this.#streams) stream?.source.close()
  }

  async #reopened(slot: number, last: number): Promise<TestEventSource> {
    const behind = this.#seen
    const { server } = this.world
    const source = await server.events(this.browser(slot), { 'last-event-id': String(behind) })
    if (source.status !== 200) return source
    this.#streams[slot] = openStream(source, behind)
    return (await this.#caughtUp(slot, last)) ?? source
  }

  /** The slot's stream once it has brought the last event; undefined when it ended before, or there is none. */
  async #caughtUp(slot: number, last: number): Promise<TestEventSource | undefined> {
    const stream = this.#streams[slot]
    if (!stream) return undefined
    const { source, behind } = stream
    const wait = () => {
      if (!stream.hasEnded && Math.max(behind, Number(source.lastEventId)) < last)
        throw new Error(`Event ${last} of ${this.brokerId} has not come`)
    }
    await vi.waitFor(wait, { interval: 3, timeout: 30_000 })
    if (!stream.hasEnded) return source
    this.#streams[slot] = undefined
    return undefined
  }
}

interface OpenStream {
  readonly source: TestEventSource
  /** The event behind which it began. */
  readonly behind: number
  hasEnded: boolean
}

function openStream(source: TestEventSource, behind: number): OpenStream {
  const stream = { source, behind, hasEnded: false }
  void source.ended.then(() => (stream.hasEnded = true))
  return stream
}

function lineOf({ type, id, data }: SeenEvent): string {
  return `${id} ${type} ${JSON.stringify(data)}`
}
