import cluster from 'node:cluster'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { pino } from 'pino'
import { programChangedExit } from './same-program.ts'
import { WorkerGroup } from './worker-group.ts'

/**
 * A small primary with workers that tell their process id and end when asked; `FIXTURE_EXIT` ends them at once, and the
 * file `FIXTURE_UPGRADE`, when it is there, as workers of another program end.
 */
if (cluster.isPrimary) {
  const group = new WorkerGroup({
    count: 2,
    env: {},
    log: pino({ level: 'silent' }),
    onCrashLoop: (error) => process.send?.({ crashLoop: error.message }),
  })
  process.once('SIGTERM', () => void group.stop().then(() => process.disconnect?.()))
  await group.start().then(
    (facts) => process.send?.({ group: 'ready', facts }),
    (error: unknown) => process.send?.({ group: 'failed', error: String(error) }),
  )
} else {
  const exit = process.env['FIXTURE_EXIT']
  if (exit !== undefined) process.exit(Number(exit))
  if (existsSync(process.env['FIXTURE_UPGRADE'] ?? '')) process.exit(programChangedExit)
  const server = createServer((request, response) => {
    if (request.url === '/die') process.kill(process.pid, 'SIGKILL')
    response.end(String(process.pid))
  })
  server.listen(Number(process.env['FIXTURE_PORT']), '127.0.0.1')
  await once(server, 'listening')
  process.send?.({ ready: true })
}
