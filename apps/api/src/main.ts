import cluster from 'node:cluster'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { openDatabase } from './database.ts'
import { gatherMetrics } from './metrics/all-workers.ts'
import { type Closers, runProcess } from './run-process.ts'
import { nameProgram, requireSameProgram } from './workers/same-program.ts'
import { WorkerGroup } from './workers/worker-group.ts'

/** The server: this process alone, or with WORKERS > 1 so many processes behind one port, which this one looks after. */
await runProcess(async (config, log, closers, shipped) => {
  if (cluster.isPrimary && config.workers > 1) return await startWorkers(config, log, closers)
  if (cluster.isWorker) await requireSameProgram()
  // Only here, because a process that looks after others needs nothing of it.
  const { serve } = await import('./serve.ts')
  return await serve(config, log, closers, shipped)
})

/** Migrates once, and starts the embedded Postgres once where that is the database, before any worker begins. */
async function startWorkers(config: Config, log: Logger, closers: Closers) {
  const { url } = await openDatabase(config, log, closers)
  const group = new WorkerGroup({
    count: config.workers,
    env: { DATABASE_URL: url },
    log,
    onCrashLoop: (error) => {
      // As any other fault that this process cannot go on after.
      throw error
    },
  })
  // Each worker has its own log to send before it ends.
  closers.stepsMs = 9500
  closers.add(() => group.stop())
  gatherMetrics()
  await nameProgram()
  const facts = await group.start()
  if (config.postgresForWorkers) {
    log.info('Sessions are kept in Postgres: WORKERS is over 1 and there is no REDIS_URL')
  }
  return { ...facts, workers: config.workers }
}
