import type { ServerProcess } from './server-process.ts'

/** One answer of a server under load. */
export interface Answered {
  readonly what: string
  readonly status: number
  readonly ms: number
  readonly at: number
  readonly headers: Headers
  readonly body: string
}

/**
 * Signed-in devices that read and write without a pause, as many calls at once as there are loops, until `stop`. Every
 * answer is kept; `acknowledged` are the labels and runs that the server said it had written.
 */
export class Load {
  readonly answers: Answered[] = []
  readonly acknowledged = { labels: new Set<string>(), runs: new Set<string>() }
  readonly #server: ServerProcess
  readonly #loops: Promise<void>[] = []
  #isStopping = false

  constructor(server: ServerProcess) {
    this.#server = server
  }

  /** Starts reading and writing as the device of a cookie. */
  async run(cookie: string): Promise<void> {
    const session: { device: { id: string } } = JSON.parse(
      await (await this.#server.call(cookie, 'GET', '/api/session')).text(),
    )
    const device = `/api/devices/${session.device.id}`
    this.#loop(() => this.#call('read', cookie, 'GET', '/api/runs'))
    this.#loop(() => this.#call('read', cookie, 'GET', '/api/trades?limit=10'))
    this.#loop(() => this.#call('health', '', 'GET', '/healthz'))
    let count = 0
    this.#loop(async () => {
      const label = `${device.slice(-6)} ${(count += 1)}`
      const { status } = await this.#call('write', cookie, 'PATCH', device, { label })
      if (status === 200) this.acknowledged.labels.add(label)
    })
    this.#loop(async () => {
      const key = { 'idempotency-key': `${device.slice(-12)}-${(count += 1)}` }
      const run = { strategyId: 'ema-crossover', mode: 'paper', params: { fastLength: 2, slowLength: 5 } }
      const { status, body } = await this.#call('start', cookie, 'POST', '/api/runs', run, key)
      if (status !== 201) return
      const { id, revision }: { id: string; revision: number } = JSON.parse(body)
      this.acknowledged.runs.add(id)
      // An account has so many runs at most.
      await this.#call(
        'stop',
        cookie,
        'POST',
        `/api/runs/${id}/stop`,
        { flatten: false },
        { 'if-match': `${revision}` },
      )
    })
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#loops)
  }

  #loop(step: () => Promise<unknown>): void {
    const forever = async () => {
      while (!this.#isStopping) await step()
    }
    this.#loops.push(forever())
  }

  async #call(what: string, ...call: Parameters<ServerProcess['call']>): Promise<Answered> {
    const began = performance.now()
    const response = await this.#server.call(...call)
    const body = await response.text()
    const at = performance.now()
    const answer = { what, status: response.status, ms: at - began, at, headers: response.headers, body }
    this.answers.push(answer)
    return answer
  }
}
