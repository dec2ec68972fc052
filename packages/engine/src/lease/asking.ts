import { pause } from '../pause.ts'

const firstPauseMs = 250
const pauseMaxMs = 30_000

/** How often accounts are looked for whose runs nobody looks after, whatever got lost. */
const searchMs = 60_000

export interface AskingOptions {
  /** Makes sure that an account has a job. */
  readonly ask: (brokerId: string) => Promise<void>
  /** All accounts that should have one. */
  readonly find: () => Promise<readonly string[]>
  readonly onError: (error: unknown, message: string) => void
}

/** Asks for accounts, each until it has worked: what failed once is not forgotten. */
export class Asking {
  readonly #options: AskingOptions
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #ended = new AbortController()
  #searching: NodeJS.Timeout | undefined

  constructor(options: AskingOptions) {
    this.#options = options
  }

  /** Looks for accounts that should have a job, now and every minute. */
  start(): void {
    this.#searching = setInterval(() => void this.search(), searchMs)
    void this.search()
  }

  /** Looks now; never rejects. */
  async search(): Promise<void> {
    try {
      for (const brokerId of await this.#options.find()) this.request(brokerId)
    } catch (error) {
      this.#options.onError(error, 'Accounts with active runs could not be looked for')
    }
  }

  /** Asks for an account unless that is being done. */
  request(brokerId: string): void {
    if (this.#underWay.has(brokerId) || this.#ended.signal.aborted) return
    const done = this.#insist(brokerId).finally(() => this.#underWay.delete(brokerId))
    this.#underWay.set(brokerId, done)
  }

  /** Asks no more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#searching)
    this.#ended.abort()
    await Promise.all(this.#underWay.values())
  }

  async #insist(brokerId: string): Promise<void> {
    for (
      let pauseMs = firstPauseMs;
      !this.#ended.signal.aborted;
      pauseMs = Math.min(pauseMs * 2, pauseMaxMs)
    ) {
      try {
        return await this.#options.ask(brokerId)
      } catch (error) {
        this.#options.onError(error, 'An account could not be asked for')
        await pause(pauseMs, this.#ended.signal)
      }
    }
  }
}
