import { setTimeout as delay } from 'node:timers/promises'
import { storageAdvice } from './storage-error.ts'

/** Told of trouble and of its end. */
export type Tell = (level: 'info' | 'warn', facts: object, message: string) => void

interface OutageOptions {
  readonly tell: Tell
  readonly now: () => number
  /** The longest pause between two tries. */
  readonly pauseMaxMs: number
}

const firstPauseMs = 500

/** How long to wait after so many failures, in milliseconds; full jitter, so that servers do not come back at once. */
export function jittered(failures: number, maxMs: number): number {
  return Math.min(maxMs, firstPauseMs * 2 ** Math.min(failures, 10)) * Math.random()
}

/** Whether Azure is away, how long to leave it alone, and what is said about it: once when it begins and once when it ends. */
export class Outage {
  readonly #options: OutageOptions
  #since: number | undefined
  #failures = 0

  constructor(options: OutageOptions) {
    this.#options = options
  }

  get isOn(): boolean {
    return this.#since !== undefined
  }

  /** Notes a failure and waits before the next try, or until `closing`. */
  async pause(error: unknown, closing: AbortSignal): Promise<void> {
    const { tell, now, pauseMaxMs } = this.#options
    if (this.#since === undefined) {
      this.#since = now()
      tell('warn', {}, `Azure does not take the log; it is kept and sent later. ${storageAdvice(error)}`)
    }
    this.#failures += 1
    const waiting = delay(jittered(this.#failures, pauseMaxMs), undefined, { ref: false, signal: closing })
    await waiting.catch(ignore)
  }

  /** Notes that Azure took something. */
  over(): void {
    this.#failures = 0
    if (this.#since === undefined) return
    const seconds = Math.round((this.#options.now() - this.#since) / 1000)
    this.#since = undefined
    this.#options.tell('info', { seconds }, 'Azure takes the log again')
  }
}

function ignore(): void {}
