import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { type Config, ConfigurationError, configurationExit, readConfig } from './config.ts'
import type { Tell } from './log/azure/outage.ts'
import { createLogger } from './log/logger.ts'
import type { ShippedLog } from './metrics/metrics.ts'

/** What was opened, to be closed in the opposite order. */
export class Closers {
  readonly #steps: (() => unknown)[] = []

  add(close: () => unknown): void {
    this.#steps.push(close)
  }

  async close(log: Logger): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        log.error({ err: error }, 'something could not be closed')
      }
    }
  }
}

/** The log, and what of it goes to Azure; closed last, so that the end is told too. */
async function openLog(config: Config, closers: Closers): Promise<{ log: Logger; shipped?: ShippedLog }> {
  const local = createLogger(config)
  if (config.azure === undefined) return { log: local }
  const { flushMs, openLogShipper } = await import('./log/azure/open-log-shipper.ts')
  const tell: Tell = (level, facts, message) => local[level](facts, message)
  const shipper = await openLogShipper(config.azure, config.dataDir, tell)
  closers.add(() => shipper.close(flushMs))
  return { log: createLogger(config, shipper), shipped: shipper }
}

/**
 * Runs a process: reads the configuration, starts, says `ready` with the facts of the start to the log and to a parent, and closes everything on
 * SIGTERM, SIGINT, a lost parent or a fault, within ten seconds. A wrong configuration is one message and exit code 78.
 */
export async function runProcess(
  start: (config: Config, log: Logger, closers: Closers, shipped?: ShippedLog) => Promise<object>,
): Promise<void> {
  const closers = new Closers()
  let log: Logger | undefined
  try {
    const config = readConfig(process.env)
    const { log: logger, shipped } = await openLog(config, closers)
    log = logger
    const { close } = closeWithGrace({ delay: 10_000, logger }, async ({ err, signal }) => {
      if (err) logger.fatal({ err }, 'stopping after a fault')
      else logger.info({ signal }, 'stopping')
      await closers.close(logger)
    })
    process.once('disconnect', close)
    const facts = await start(config, log, closers, shipped)
    log.info(facts, 'ready')
    process.send?.({ ready: true, ...facts })
  } catch (error) {
    if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`)
    else if (log) log.fatal({ err: error }, 'could not start')
    else process.stderr.write(`${String(error)}\n`)
    if (log) await closers.close(log)
    process.exit(error instanceof ConfigurationError ? configurationExit : 1)
  }
}
