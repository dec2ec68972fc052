import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { EngineOptions } from '../engine.ts'
import { testSecret } from './stack.ts'

/** An engine process of a test's own. */
export interface EngineProcess extends AsyncDisposable {
  /** What it logged, oldest first. */
  readonly messages: readonly string[]
  /** SIGKILL: it gets no chance to say or finish anything. Resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it has stopped properly. */
  stop(): Promise<void>
}

/** Starts one and resolves when it takes accounts. */
export async function forkEngine(options: EngineOptions): Promise<EngineProcess> {
  const { url, kiteApiUrl, kiteTickerUrl, checkpointMs } = options
  const settings = JSON.stringify({ url, kiteApiUrl, kiteTickerUrl, checkpointMs, secret: testSecret })
  const child = fork(fileURLToPath(new URL('engine-process.ts', import.meta.url)), [settings], {
    // Node's own options of the test runner are not for this one.
    execArgv: [],
  })
  const messages: string[] = []
  const ready = Promise.withResolvers<void>()
  child.on('message', (message: { ready?: true; message?: string }) => {
    if (message.ready) ready.resolve()
    if (message.message !== undefined) messages.push(message.message)
  })
  const exited = once(child, 'exit')
  void exited.then(() => ready.reject(new Error(`The engine process ended: ${messages.join('; ')}`)))
  ready.promise.catch(() => undefined)
  await ready.promise
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  return {
    messages,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: () => (child.exitCode === null ? end('SIGKILL') : Promise.resolve()),
  }
}
