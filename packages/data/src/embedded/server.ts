import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunAs } from './run-as.ts'

export interface ServerSettings {
  readonly postgres: string
  readonly dataDir: string
  readonly port: number
  readonly user: RunAs
  readonly settings: Readonly<Record<string, string>>
  readonly log: (line: string) => void
}

/**
 * Starts Postgres on a data directory and waits until it takes connections. The helpers of a postmaster that was killed
 * need a moment to notice it and hold its shared memory until then: that is waited for.
 */
export async function startServer(server: ServerSettings): Promise<ChildProcess> {
  const deadline = Date.now() + 10_000
  for (;;) {
    try {
      return await launch(server)
    } catch (error) {
      const isHeld = error instanceof Error && error.message.includes('pre-existing shared memory block')
      if (!isHeld || Date.now() > deadline) throw error
      await delay(100)
    }
  }
}

async function launch(server: ServerSettings): Promise<ChildProcess> {
  const settings = Object.entries(server.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(server.postgres, ['-D', server.dataDir, '-p', String(server.port), ...settings], {
    ...server.user,
    cwd: server.dataDir,
    stdio: ['ignore', 'ignore', 'pipe'],
    // A process group of its own: Ctrl-C reaches us alone, and we stop Postgres after everything that needs it.
    detached: true,
  })
  const lines: string[] = []
  const { promise: isReady, resolve, reject } = Promise.withResolvers<void>()
  createInterface({ input: child.stderr }).on('line', (line) => {
    server.log(line)
    if (lines.length < 50) lines.push(line)
    if (line.includes('database system is ready to accept connections')) resolve()
  })
  child.once('error', reject)
  child.once('exit', () => reject(new Error(`Postgres did not start:\n${lines.join('\n')}`)))
  await isReady
  return child
}

/** Ends the server: open connections are closed, what was committed is kept. Resolves when no process is left. */
export async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  // Immediate shutdown: no clean end, but the next start recovers everything committed.
  const impatience = setTimeout(() => child.kill('SIGQUIT'), 8000)
  await ended
  clearTimeout(impatience)
}
