import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { ensureProgram } from './ensure-program.ts'

/** A Redis of one test's own: on a free port of loopback, without persistence. */
export type TestRedis = Awaited<ReturnType<typeof startTestRedis>>

/** Starts one; resolves when it takes connections. Whoever starts it stops it. */
export async function startTestRedis() {
  const program = ensureProgram('redis-server')
  const dir = await mkdtemp(join(tmpdir(), 'stratdesk-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let server = await run(program, dir, port)
  const end = async (signal: NodeJS.Signals) => {
    const { child, ended } = server
    // One that is paused would not hear of it.
    child.kill('SIGCONT')
    child.kill(signal)
    await ended
  }
  return {
    url,
    /** Ends it as a power cut would. */
    kill: () => end('SIGKILL'),
    /** Starts it again after `kill`, empty, on the same port. */
    async restart() {
      await end('SIGKILL')
      server = await run(program, dir, port)
    },
    /** Leaves every connection open and answers nothing. */
    pause: () => server.child.kill('SIGSTOP'),
    resume: () => server.child.kill('SIGCONT'),
    /** Forgets everything. */
    flush: () => withClient(url, (client) => client.flushall()),
    /** Talks to it directly, past the server under test. */
    ask: <Result>(work: (client: Redis) => Promise<Result>) => withClient(url, work),
    async stop() {
      await end('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function run(program: string, dir: string, port: number) {
  const settings = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  const child = spawn(program, settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  // Should the tests be killed, it is not left behind.
  const orphan = () => child.kill('SIGKILL')
  process.once('exit', orphan)
  const ended = once(child, 'exit').then(() => process.off('exit', orphan))
  await ready(child, port)
  // A test that fails before it stops it keeps no process waiting.
  child.unref()
  return { child, ended }
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  const lines = createInterface({ input: child.stdout ?? process.stdin })
  const said: string[] = []
  for await (const line of lines) {
    said.push(line)
    if (line.includes('Ready to accept connections')) return void child.stdout?.resume()
  }
  throw new Error(`redis-server did not start on port ${port}:\n${said.join('\n')}`)
}

async function withClient<Result>(url: string, work: (client: Redis) => Promise<Result>): Promise<Result> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 })
  client.on('error', () => {})
  try {
    return await work(client)
  } finally {
    client.disconnect()
  }
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
