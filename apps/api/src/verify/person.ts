import { getSession, type Session } from '@stratdesk/contracts/session'
import { z } from 'zod'
import type { Seen, Site } from './site.ts'

const LoginUrl = z.object({ loginUrl: z.url() })
const Items = z.object({ items: z.array(z.object({ id: z.string() })) })

/** A demo user of the simulated broker, signed in at a site as by a browser. */
export class Person {
  readonly #site: Site
  /** The session's cookie as it was set, with its attributes. */
  readonly setCookie: string

  private constructor(site: Site, setCookie: string) {
    this.#site = site
    this.setCookie = setCookie
  }

  /** Goes through the simulator's login page; rejects when that ends in no session. */
  static async signIn(site: Site, userId: string): Promise<Person> {
    const begun = await site.ask('/api/sign-in/kite', { method: 'POST', body: {} })
    const { loginUrl } = LoginUrl.parse(JSON.parse(begun.text))
    const login = new URL(loginUrl)
    const answer = await fetch(new URL(login.pathname, login), {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
      body: new URLSearchParams({
        user_id: userId,
        password: 'demo',
        api_key: login.searchParams.get('api_key') ?? '',
        redirect_params: login.searchParams.get('redirect_params') ?? '',
      }),
    })
    const back = new URL(answer.headers.get('location') ?? '')
    const cookie = pairOf(begun.headers.getSetCookie()[0])
    const done = await site.ask(`${back.pathname}${back.search}`, { headers: { cookie } })
    const set = done.headers.getSetCookie().find((text) => /^(__Host-)?session=[^;]/.test(text))
    if (set === undefined) throw new Error(`${userId} was not signed in: ${done.headers.get('location')}`)
    return new Person(site, set)
  }

  get cookie(): string {
    return pairOf(this.setCookie)
  }

  /** A call as the web app makes it. */
  call(method: string, path: string): Promise<Seen> {
    const headers = { cookie: this.cookie, 'sec-fetch-site': 'same-origin' }
    return this.#site.ask(path, { method, headers })
  }

  async session(): Promise<Session> {
    const { text } = await this.call('GET', '/api/session')
    return getSession.replies[200].parse(JSON.parse(text))
  }

  /** The ids of a list's first page. */
  async ids(path: string): Promise<readonly string[]> {
    const { text } = await this.call('GET', path)
    return Items.parse(JSON.parse(text)).items.map(({ id }) => id)
  }

  async signOut(): Promise<void> {
    await this.call('DELETE', '/api/session')
  }
}

function pairOf(setCookie = ''): string {
  return setCookie.split(';', 1)[0] ?? ''
}
