import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RunningKiteSim } from '@stratdesk/kite-sim/sim'
import { signInOverHttp } from './sign-in-over-http.ts'

/** What signs the sessions of a server that is told nothing else. */
export const usualSecret = 'fedcba9876543210'.repeat(2)

/** The server as an operator starts it, in a process of its own. */
export type ServerProcess = Awaited<ReturnType<typeof startServerProcess>>

const webOrigin = 'http://localhost:5173'

/** Linux only, as the other tests that stop processes are. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Starts `main.ts` with these variables; resolves when it says that it is ready. */
export async function startServerProcess(sim: RunningKiteSim, env: Readonly<Record<string, string>>) {
  const child = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), [], {
    silent: true,
    execArgv: [],
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      SESSION_SECRET: usualSecret,
      KITE_API_URL: sim.url,
      KITE_LOGIN_URL: `${sim.url}/connect/login`,
      KITE_TICKER_URL: sim.tickerUrl,
      KITE_API_KEY: 'demo-key',
      KITE_API_SECRET: 'demo-secret',
      ...env,
    },
  })
  let output = ''
  child.stdout?.on('data', (text) => (output += String(text)))
  child.stderr?.on('data', (text) => (output += String(text)))
  const ended = once(child, 'exit')
  const [message]: { port?: number }[] = await Promise.race([once(child, 'message'), ended])
  if (typeof message?.port !== 'number')
    throw new Error(`The server did not start, exit code ${child.exitCode}:\n${output}`)
  const url = `http://127.0.0.1:${message.port}`
  return {
    url,
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    /** The process ids of its workers, where it has any. */
    workers: () => childrenOf(child.pid ?? 0),
    ...browsersOf(url, sim),
    /** Asks it to end, unless it has ended; answers its exit code, null when a signal ended it. */
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
    /** Resolves with its exit code when it has ended. */
    async stopped() {
      await ended
      return child.exitCode
    },
    /** Ends it as a power cut would. */
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** What browsers do at the address of a server, or of what stands before several. */
export function browsersOf(url: string, sim: RunningKiteSim) {
  return {
    /** Signs in as a browser would; answers the session's cookie. */
    signIn: (userId: string) => signInOverHttp({ apiUrl: url, simUrl: sim.url, webOrigin }, userId),
    /** A call as the web app makes it. */
    call: (
      cookie: string,
      method: string,
      path: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
    ) =>
      fetch(url + path, {
        method,
        signal: AbortSignal.timeout(60_000),
        headers: {
          cookie,
          origin: webOrigin,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}
