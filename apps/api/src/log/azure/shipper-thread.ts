import { Worker } from 'node:worker_threads'
import type { AzureSettings } from '../../config.ts'
import type { LogCounts } from './log-shipper.ts'
import type { Tell } from './outage.ts'

/** What the thread is started with. */
export interface ShipperSettings {
  readonly azure: AzureSettings
  readonly writer: string
  readonly spillDir: string
}

/** To the thread: lines, each with its line end, and how many there was no room for; or the end. */
export type ToShipper =
  | { readonly lines: string; readonly missed: number }
  | { readonly closeWithinMs: number }

/** From the thread: what became of the lines so far, of which it has heard `heard` characters and of
 * `missed` lost ones; or something to tell; or that it has closed. */
export type FromShipper =
  | { readonly closed: true }
  | { readonly counts: LogCounts; readonly heard: number; readonly missed: number }
  | { readonly tell: Parameters<Tell> }

/** Characters that are handed over at once, and how long a line may wait for others. */
const handedOver = 64 * 1024
const everyMs = 100
/** More than so many characters do not wait for a thread that is busy. */
const waitingMax = 8 * 1024 ** 2

/**
 * Ships the log from a thread of its own, so that what a call to Azure costs delays no request: here a line costs no more than
 * to be put behind another.
 */
export class ShipperThread {
  readonly #worker: Worker
  readonly #tell: Tell
  #lines = ''
  #timer: NodeJS.Timeout | undefined
  #written = 0
  /** Lines that there was no room for; of how many the thread was told, and how many its counts hold. */
  #missed = 0
  #toldMissed = 0
  #countedMissed = 0
  #given = 0
  #heard = 0
  #hasEnded = false
  readonly #closed = Promise.withResolvers<void>()
  #there: LogCounts = { written: 0, sent: 0, queuedBytes: 0, dropped: 0 }

  constructor(settings: ShipperSettings, tell: Tell) {
    this.#tell = tell
    this.#worker = new Worker(new URL('shipper-worker.ts', import.meta.url), { workerData: settings })
    this.#worker.unref()
    this.#worker.on('message', (message: FromShipper) => this.#hear(message))
    this.#worker.on('error', (err) => {
      const { queuedBytes } = this.counts
      tell('warn', { err, queuedBytes }, 'The log is not sent to Azure until the server is started again')
    })
    this.#worker.once('exit', () => this.#end())
  }

  get counts(): LogCounts {
    const { sent, queuedBytes, dropped } = this.#there
    return {
      written: this.#written,
      sent,
      queuedBytes: queuedBytes + this.#waiting,
      dropped: dropped + this.#missed - this.#countedMissed,
    }
  }

  get #waiting(): number {
    return this.#lines.length + this.#given - this.#heard
  }

  /** Takes one line with its line end; returns at once. */
  write(line: string): void {
    this.#written += 1
    if (this.#hasEnded || this.#waiting > waitingMax) this.#missed += 1
    else this.#lines += line
    if (this.#lines.length >= handedOver) this.#handOver()
    else this.#timer ??= setTimeout(() => this.#handOver(), everyMs).unref()
  }

  /** Sends what there is within `patienceMs`; what Azure does not take by then goes to disk. */
  async close(patienceMs = 5000): Promise<void> {
    if (this.#hasEnded) return
    this.#handOver()
    this.#worker.ref()
    this.#post({ closeWithinMs: patienceMs })
    await this.#closed.promise
  }

  #handOver(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#hasEnded) return
    this.#given += this.#lines.length
    this.#post({ lines: this.#lines, missed: this.#missed - this.#toldMissed })
    this.#lines = ''
    this.#toldMissed = this.#missed
  }

  #end(): void {
    this.#hasEnded = true
    this.#closed.resolve()
  }

  #post(message: ToShipper): void {
    this.#worker.postMessage(message)
  }

  #hear(message: FromShipper): void {
    if ('tell' in message) return this.#tell(...message.tell)
    if ('closed' in message) return this.#closed.resolve()
    this.#there = message.counts
    this.#heard = message.heard
    this.#countedMissed = message.missed
  }
}
