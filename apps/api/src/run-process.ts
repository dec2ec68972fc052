import cluster from 'node:cluster'
import closeWithGrace, { type Signals } from 'close-with-grace'
import type { Logger } from 'pino'
import { type Config, ConfigurationError, configurationExit, readConfig } from './config.ts'
import { flushMs, openLogShipper } from './log/azure/open-log-shipper.ts'
import type { Tell } from './log/azure/outage.ts'
import { createLogger } from './log/logger.ts'
import type { ShippedLog } from './metrics/metrics.ts'
import { ProgramChangedError, programChangedExit } from './workers/same-program.ts'
import { letYoungGenerationGrow } from './young-generation.ts'

/** The log has until the end of the process. */
const endMs = 10_000

/** What was opened, to be closed in the opposite order. */
export class Closers {
  readonly #steps: (() => unknown)[] = []
  #closing: Promise<void> | undefined
  /** All but the log has so long to close, so that there is time left to send the log. */
  stepsMs = 5500

  add(close: () => unknown): void {
    this.#steps.push(close)
  }

  /** Closes everything once, whoever asks; what does not close in time is left to the end of the process. */
  close(log: Logger): Promise<void> {
    this.#closing ??= this.#close(log)
    return this.#closing
  }

  async #close(log: Logger): Promise<void> {
    const deadline = performance.now() + this.stepsMs
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await inTime(step, this.#steps.length === 0 ? endMs : deadline - performance.now())
      } catch (error) {
        log.error({ err: error }, 'something could not be closed')
      }
    }
  }
}

async function inTime(step: () => unknown, ms: number): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('It does not close in time')), Math.max(ms, 0))
  try {
    await Promise.race([step(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** The log, and what of it goes to Azure; closed last, so that the end is told too. */
function openLog(config: Config, closers: Closers): { log: Logger; shipped?: ShippedLog } {
  const local = createLogger(config)
  if (config.azure === undefined) return { log: local }
  const tell: Tell = (level, facts, message) => local[level](facts, message)
  const shipper = openLogShipper(config.azure, config.dataDir, tell)
  closers.add(() => shipper.close(flushMs))
  return { log: createLogger(config, shipper), shipped: shipper }
}

/**
 * Runs a process: reads the configuration, starts, says `ready` with the facts of the start to the log and to a parent,
 * and closes everything on SIGTERM, SIGINT, a lost parent or a fault, within ten seconds. A wrong configuration is one
 * message and exit code 78.
 */
export async function runProcess(
  start: (config: Config, log: Logger, closers: Closers, shipped?: ShippedLog) => Promise<object>,
): Promise<void> {
  const closers = new Closers()
  let log: Logger | undefined
  try {
    const config = readConfig(process.env)
    const { log: logger, shipped } = openLog(config, closers)
    log = logger
    const skip = cluster.isWorker ? ofTerminal : []
    const { close } = closeWithGrace({ delay: 10_000, logger, skip }, async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'stopping after a fault')
      else logger.info({ signal }, 'stopping')
      await closers.close(logger)
    })
    if (cluster.isWorker) outliveThePrimary()
    process.once('disconnect', close)
    const facts = await start(config, log, closers, shipped)
    letYoungGenerationGrow()
    log.info(facts, 'ready')
    process.send?.({ ready: true, ...facts })
  } catch (error) {
    if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`)
    else if (log) log.fatal({ err: error }, 'could not start')
    else process.stderr.write(`${String(error)}\n`)
    if (log) await closers.close(log)
    process.exit(exitCodeOf(error))
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigurationError) return configurationExit
  return error instanceof ProgramChangedError ? programChangedExit : 1
}

/** A terminal sends these to every process at once; workers leave them to their primary process, which ends them. */
const ofTerminal: Signals[] = ['SIGINT', 'SIGHUP', 'SIGQUIT']

/**
 * Lets a worker close what it has open when its primary process is gone: Node would end it at once, in the middle of
 * what it does. Its listener comes after this one.
 */
function outliveThePrimary(): void {
  for (const signal of ofTerminal) process.on(signal, () => {})
  const { worker } = cluster
  worker?.once('disconnect', () => {
    worker.exitedAfterDisconnect = true
  })
}
