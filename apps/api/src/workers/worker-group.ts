import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { ConfigurationError, configurationExit } from '../config.ts'
import { ProgramChangedError, programChangedExit } from './same-program.ts'

interface WorkerGroupOptions {
  readonly count: number
  /** What the workers' environment has beyond this process' own. */
  readonly env: Readonly<Record<string, string>>
  readonly log: Logger
  /** Called once, when workers end again and again: nothing is started any more. */
  readonly onCrashLoop: (error: Error) => void
}

/** So many workers may end by themselves within a minute before the group gives up. */
const crashesMax = 5
const crashWindowMs = 60_000
/** How long a worker may take to end; less than what this process has itself. */
const graceMs = 9000

/** Processes that answer on one port, kept at their number. Only for the primary process of a node:cluster. */
export class WorkerGroup {
  readonly #options: WorkerGroupOptions
  readonly #workers = new Set<Worker>()
  #crashes: number[] = []
  #isOver = false

  constructor(options: WorkerGroupOptions) {
    this.#options = options
  }

  /**
   * Starts all; resolves with what the first one said when every one is ready. Throws ConfigurationError when a worker
   * refused the settings.
   */
  async start(): Promise<object> {
    try {
      // The first alone, so that what is wrong with the settings or the port is said once.
      const facts = await this.#begin()
      await Promise.all(Array.from({ length: this.#options.count - 1 }, () => this.#begin()))
      return facts
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  /** Ends every worker, by SIGTERM first; resolves when none is left. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all([...this.#workers].map(end))
  }

  /** Starts one; resolves with what it says when it is ready. */
  #begin(): Promise<object> {
    const worker = cluster.fork(this.#options.env)
    this.#workers.add(worker)
    const { promise, resolve, reject } = Promise.withResolvers<object>()
    let isReady = false
    worker.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('ready' in message)) return
      isReady = true
      resolve(message)
    })
    // Without a listener a message to a worker that has just ended would end this process too.
    worker.on('error', (error) => {
      this.#options.log.warn({ err: error, worker: worker.process.pid }, 'a worker cannot be talked to')
      if (worker.process.pid !== undefined) return
      this.#workers.delete(worker)
      reject(error)
    })
    worker.once('exit', (code: number | null, signal: string | null) => {
      this.#workers.delete(worker)
      const how = signal === null ? `exit code ${code}` : signal
      if (isReady) this.#replace(worker, how)
      else if (code === configurationExit) reject(new ConfigurationError('A worker refused these settings.'))
      else if (code === programChangedExit) reject(new ProgramChangedError())
      else reject(new Error(`A worker did not start: ${how}`))
    })
    return promise
  }

  #replace(worker: Worker, how: string): void {
    if (this.#isOver) return
    const { log } = this.#options
    log.error({ worker: worker.process.pid, how }, 'a worker ended; starting another')
    this.#beginAgain().catch((error: unknown) => {
      if (this.#isOver) return
      this.#isOver = true
      this.#options.onCrashLoop(new Error('Workers end again and again', { cause: error }))
    })
  }

  /**
   * At once after the first crash, later and later after others; rejects after too many of them. Where another program
   * was put in place meanwhile none is started, and it rejects when no worker is left.
   */
  async #beginAgain(): Promise<void> {
    for (;;) {
      const now = performance.now()
      this.#crashes = [...this.#crashes.filter((at) => now - at < crashWindowMs), now]
      const count = this.#crashes.length
      if (count > crashesMax) throw new Error(`${count} workers ended within a minute`)
      if (count > 1) await delay(50 * 2 ** count)
      if (this.#isOver) return
      try {
        await this.#begin()
        this.#options.log.info({ workers: this.#workers.size }, 'a worker was replaced')
        return
      } catch (error) {
        if (error instanceof ProgramChangedError) return this.#goOnWithFewer(error)
        this.#options.log.error({ err: error }, 'a worker could not be replaced; trying again')
      }
    }
  }

  #goOnWithFewer(error: ProgramChangedError): void {
    if (this.#workers.size === 0) throw error
    this.#options.log.error({ workers: this.#workers.size }, error.message)
  }
}

async function end(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit')
  worker.process.kill('SIGTERM')
  const cut = setTimeout(() => worker.process.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(cut)
}
