import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Breakable } from './breakable.ts'
import { ensureProgram } from './ensure-program.ts'

/** A Redis of a test's own that writes down what it is told before it answers. */
export async function startBreakableRedis(): Promise<Breakable> {
  const port = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'stratdesk-redis-'))
  let server = await run(dir, port)
  const end = async (signal: NodeJS.Signals) => {
    server.child.kill(signal)
    await server.ended
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async start() {
      server = await run(dir, port)
    },
    freeze: async () => void server.child.kill('SIGSTOP'),
    thaw: async () => void server.child.kill('SIGCONT'),
    async close() {
      await end('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function run(dir: string, port: number) {
  const settings = { port, bind: '127.0.0.1', dir, save: '', appendonly: 'yes', appendfsync: 'always' }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`])
  const child = spawn(ensureProgram('redis-server'), flags, { stdio: ['ignore', 'pipe', 'inherit'] })
  // Should the tests be killed, it is not left behind.
  const orphan = () => child.kill('SIGKILL')
  process.once('exit', orphan)
  const ended = once(child, 'exit').then(() => process.off('exit', orphan))
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.includes('Ready to accept connections')) continue
    child.stdout.resume()
    return { child, ended }
  }
  throw new Error(`redis-server did not start on port ${port}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('No port')
  return address.port
}
