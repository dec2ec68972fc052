import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

/** What a test server's browsers are pointed at. */
export interface Target {
  readonly app: FastifyInstance
  readonly webOrigin: string
  readonly simUrl: string
}

interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A browser: it keeps cookies and sends the Origin of the web app, as a real one would. */
export class TestBrowser {
  readonly cookies = new Map<string, string>()
  readonly userAgent: string
  /** The keys its user signs in with, for servers that have none of their own. */
  keys: { readonly apiKey?: string; readonly apiSecret?: string } = {}
  readonly #target: Target

  constructor(
    target: Target,
    userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36',
  ) {
    this.#target = target
    this.userAgent = userAgent
  }

  get(path: string, options: CallOptions = {}) {
    return this.call('GET', path, options)
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    return this.call('POST', path, { body, headers })
  }

  async call(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'HEAD' | 'OPTIONS',
    path: string,
    { body, headers = {} }: CallOptions = {},
  ): Promise<LightMyRequestResponse> {
    const response = await this.#target.app.inject({
      method,
      url: path,
      headers: {
        'user-agent': this.userAgent,
        origin: this.#target.webOrigin,
        ...(this.cookies.size > 0 ? { cookie: this.cookieHeader } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const cookie of response.cookies) {
      if (cookie.value === '') this.cookies.delete(cookie.name)
      else this.cookies.set(cookie.name, cookie.value)
    }
    return response
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ')
  }

  /** Goes to the broker's login page and back with a request token: the path and query of our callback. */
  async loginAtBroker(userId: string, form: Readonly<Record<string, string>> = {}): Promise<string> {
    const started = await this.post('/api/sign-in/kite', this.keys)
    const login = new URL(started.json<{ loginUrl: string }>().loginUrl)
    return await brokerRedirect(this.#target.simUrl, login, userId, form)
  }

  /** Signs in through the whole redirect flow. */
  async signIn(userId: string): Promise<this> {
    const response = await this.get(await this.loginAtBroker(userId))
    const location = String(response.headers.location)
    if (location !== `${this.#target.webOrigin}/`) throw new Error(`Not signed in: ${location}`)
    return this
  }
}

/** Fills in the broker's login form; answers where it sends the browser. */
export async function brokerRedirect(
  simUrl: string,
  login: URL,
  userId: string,
  form: Readonly<Record<string, string>> = {},
): Promise<string> {
  const response = await fetch(`${simUrl}/connect/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      user_id: userId,
      password: 'demo',
      api_key: login.searchParams.get('api_key') ?? '',
      redirect_params: login.searchParams.get('redirect_params') ?? '',
      ...form,
    }),
  })
  const back = new URL(response.headers.get('location') ?? '')
  return `${back.pathname}${back.search}`
}
