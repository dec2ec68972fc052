/** What a server answered. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

const answerMs = 10_000

/** A deployment as it is reached from outside. */
export class Site {
  readonly url: URL

  constructor(url: URL) {
    this.url = url
  }

  get isHttps(): boolean {
    return this.url.protocol === 'https:'
  }

  /** Whether it is on this machine, where it may be asked without the proxy in front of it. */
  get isLoopback(): boolean {
    return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(this.url.hostname)
  }

  /** Asks without cookies but those given, and follows no redirect. Rejects after ten seconds. */
  async ask(path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Seen> {
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerMs),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
}
