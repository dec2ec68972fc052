import { Worker } from 'node:worker_threads'
import type { AzureSettings } from '../../config.ts'
import type { LogCounts } from './log-shipper.ts'
import type { Tell } from './outage.ts'
import { Tally } from './tally.ts'

/** Where the log goes. */
export interface ShipperSettings {
  readonly azure: AzureSettings
  readonly writer: string
  readonly spillDir: string
}

/** What the thread is started with. */
export interface ShipperData extends ShipperSettings {
  readonly memory: SharedArrayBuffer
}

/** To the thread: lines, each with its line end, and how many there was no room for; or the end. */
export type ToShipper =
  | { readonly lines: string; readonly missed: number }
  | { readonly closeWithinMs: number }

/** From the thread: that it takes lines; something to tell; or that it has closed. */
export type FromShipper = 'ready' | 'closed' | { readonly tell: Parameters<Tell> }

interface ThreadOptions {
  readonly start?: (data: ShipperData) => Worker
  /** How long a thread that has failed is left alone at first, and at most, before the next is started. */
  readonly pauseMs?: number
  readonly pauseMaxMs?: number
}

/** A thread, and what it was given. */
interface Thread {
  readonly worker: Worker
  readonly tally: Tally
  readonly since: number
  /** Until then it is given nothing, which would be lost with one that cannot start. */
  isReady: boolean
  lines: number
  characters: number
  error?: unknown
}

/** Characters that are handed over at once, and how long a line may wait for others. */
const handedOver = 64 * 1024
const everyMs = 100
/** More than so many characters do not wait for a thread that is busy, or not there. */
const waitingMax = 8 * 1024 ** 2
/** A thread that has lived for so long is not taken for one that always fails. */
const steadyMs = 60_000

/**
 * Ships the log from a thread of its own, so that what a call to Azure costs delays no request: here a line costs no more than
 * to be put behind another. A thread that fails is replaced, and what was in its memory counted as dropped.
 */
export class ShipperThread {
  readonly #options: Required<ThreadOptions>
  readonly #settings: ShipperSettings
  readonly #tell: Tell
  #thread: Thread | undefined
  #lines = ''
  #lineCount = 0
  #timer: NodeJS.Timeout | undefined
  #pause: NodeJS.Timeout | undefined
  /** How often in a row a thread has failed soon. */
  #failures = 0
  #restarts = 0
  /** Of the threads that have ended. */
  readonly #past = { sent: 0, dropped: 0 }
  #written = 0
  /** Lines that there was no room for, and of how many a thread was told. */
  #missed = 0
  #toldMissed = 0
  #closeWithinMs: number | undefined
  readonly #closed = Promise.withResolvers<void>()

  constructor(settings: ShipperSettings, tell: Tell, options: ThreadOptions = {}) {
    this.#settings = settings
    this.#tell = tell
    this.#options = { start: startWorker, pauseMs: 1000, pauseMaxMs: 60_000, ...options }
    this.#start()
  }

  get counts(): LogCounts & { readonly restarts: number } {
    const tally = this.#thread?.tally
    return {
      written: this.#written,
      sent: this.#past.sent + (tally?.get('sent') ?? 0),
      queuedBytes: this.#waiting + (tally?.get('queuedBytes') ?? 0),
      dropped: this.#past.dropped + (tally?.get('dropped') ?? 0) + this.#missed,
      restarts: this.#restarts,
    }
  }

  get #waiting(): number {
    const thread = this.#thread
    return this.#lines.length + (thread ? thread.characters - thread.tally.get('heard') : 0)
  }

  /** Takes one line with its line end; returns at once. */
  write(line: string): void {
    this.#written += 1
    if (this.#isClosing || this.#waiting > waitingMax) this.#missed += 1
    else {
      this.#lines += line
      this.#lineCount += 1
    }
    if (this.#lines.length >= handedOver) this.#handOver()
    else this.#timer ??= setTimeout(() => this.#handOver(), everyMs).unref()
  }

  /** Sends what there is within `patienceMs`; what Azure does not take by then goes to disk. Lines that come later are dropped. */
  close(patienceMs = 5000): Promise<void> {
    if (this.#isClosing) return this.#closed.promise
    this.#closeWithinMs = patienceMs
    clearTimeout(this.#pause)
    if (this.#thread === undefined) this.#start()
    this.#thread?.worker.ref()
    if (this.#thread?.isReady) this.#handOverLast()
    return this.#closed.promise
  }

  get #isClosing(): boolean {
    return this.#closeWithinMs !== undefined
  }

  #start(): void {
    const tally = new Tally()
    try {
      const worker = this.#options.start({ ...this.#settings, memory: tally.memory })
      const thread: Thread = {
        worker,
        tally,
        since: performance.now(),
        isReady: false,
        lines: 0,
        characters: 0,
      }
      worker.unref()
      worker.on('message', (message: FromShipper) => this.#hear(message, thread))
      worker.on('error', (error) => (thread.error = error))
      worker.once('exit', () => this.#ended(thread))
      this.#thread = thread
    } catch (err) {
      this.#failed({ err, lost: 0 })
    }
  }

  #handOver(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const missed = this.#missed - this.#toldMissed
    if (!this.#thread?.isReady || (this.#lineCount === 0 && missed === 0)) return
    this.#post({ lines: this.#lines, missed })
    this.#thread.lines += this.#lineCount
    this.#thread.characters += this.#lines.length
    this.#toldMissed = this.#missed
    this.#lines = ''
    this.#lineCount = 0
  }

  #post(message: ToShipper): void {
    this.#thread?.worker.postMessage(message)
  }

  #handOverLast(): void {
    this.#handOver()
    if (this.#closeWithinMs !== undefined) this.#post({ closeWithinMs: this.#closeWithinMs })
  }

  #hear(message: FromShipper, thread: Thread): void {
    if (message === 'closed') return this.#closed.resolve()
    if (message !== 'ready') return this.#tell(...message.tell)
    thread.isReady = true
    this.#handOverLast()
  }

  #ended({ tally, lines, since, error }: Thread): void {
    this.#thread = undefined
    // What a call had under way of which no answer was heard counts as lost, though Azure may have it.
    const lost = lines - tally.get('settled')
    this.#past.sent += tally.get('sent')
    this.#past.dropped += tally.get('dropped') + lost
    if (performance.now() - since > steadyMs) this.#failures = 0
    if (!this.#isClosing || lost > 0) this.#failed({ err: error, lost })
    this.#closeIfClosing()
  }

  /** Says that there is no thread, and starts one after a pause. */
  #failed(facts: { readonly err: unknown; readonly lost: number }): void {
    const { pauseMs, pauseMaxMs } = this.#options
    const againInMs = Math.min(pauseMaxMs, pauseMs * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    if (this.#isClosing) {
      this.#tell('warn', facts, 'The thread that sends the log to Azure failed')
      return this.#closeIfClosing()
    }
    this.#tell(
      'warn',
      { ...facts, againInMs },
      'The thread that sends the log to Azure failed; it is started again',
    )
    this.#restarts += 1
    this.#pause = setTimeout(() => this.#start(), againInMs).unref()
  }

  #closeIfClosing(): void {
    if (!this.#isClosing) return
    this.#missed += this.#lineCount
    this.#lineCount = 0
    this.#lines = ''
    this.#closed.resolve()
  }
}

/** What V8 may take for new objects of the thread. They are few, as lines are kept as bytes; by itself it takes 48 MiB. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

function startWorker(workerData: ShipperData): Worker {
  return new Worker(new URL('shipper-worker.ts', import.meta.url), { workerData, resourceLimits })
}
