import { fork, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A Node process of ours. It is told to end when its IPC channel closes, so it cannot outlive us. */
export interface Child {
  readonly name: string
  readonly pid: number
  /** Resolves with its message when it says that it can be used; rejects with `ChildFailed` when it ends before. */
  readonly ready: Promise<ReadyMessage>
  /** Resolves, never rejects, with a few words on how it ended. */
  readonly exited: Promise<string>
  /** Sends SIGTERM and, after `graceMs`, SIGKILL; resolves when the process is gone. */
  stop(graceMs?: number): Promise<void>
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
}

/** What a child says once it can be used; some name their address. */
export interface ReadyMessage {
  readonly ready: true
  readonly url?: string
}

/** What to start: a TypeScript file that sends `{ ready: true }` over IPC when it can be used. */
export interface ChildOptions {
  readonly name: string
  readonly file: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly onLine?: (line: string, from: 'stdout' | 'stderr') => void
}

/** A child that ended before it was ready; `lines` are the last ones it wrote. */
export class ChildFailed extends Error {
  readonly lines: readonly string[]
  /** 78 says that a setting is at fault, and `lines` say which. */
  readonly exitCode: number | null
  constructor(name: string, end: End, lines: readonly string[]) {
    super([`${name} did not start: ${describe(end)}`, ...lines].join('\n'))
    this.lines = lines
    this.exitCode = end.code
  }
}

interface End {
  readonly code: number | null
  readonly how: string
}

function describe({ code, how }: End): string {
  return code === null ? how : `exit code ${code}`
}

const keptLines = 30

/** Starts a Node process of ours. */
export function startChild(options: ChildOptions): Child {
  const { name, file, args = [], env = {}, cwd } = options
  const child = fork(file, args, {
    env: { ...process.env, ...env },
    // Its own process group: a Ctrl-C in the terminal reaches us alone, and we stop things in their order.
    detached: true,
    silent: true,
    ...(cwd === undefined ? {} : { cwd }),
  })
  const lines = keepLines(child, options.onLine)
  const ready = Promise.withResolvers<ReadyMessage>()
  const ended = Promise.withResolvers<End>()
  child.on('message', (message) => {
    if (typeof message !== 'object' || message === null || !('ready' in message)) return
    const url = 'url' in message ? message.url : undefined
    ready.resolve({ ready: true, ...(typeof url === 'string' ? { url } : {}) })
  })
  child.on('error', (error) => ended.resolve({ code: null, how: error.message }))
  child.on('close', (code, signal) => ended.resolve({ code, how: `ended by ${signal}` }))
  void ended.promise.then((end) => ready.reject(new ChildFailed(name, end, lines)))
  // Whoever stops a child that is still starting need not also wait for its readiness.
  ready.promise.catch(() => {})

  const stopWith = async (signal: NodeJS.Signals, graceMs: number) => {
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
    await ended.promise
    clearTimeout(timer)
  }
  return {
    name,
    pid: child.pid ?? 0,
    ready: ready.promise,
    exited: ended.promise.then(describe),
    stop: (graceMs = 12_000) => stopWith('SIGTERM', graceMs),
    kill: () => stopWith('SIGKILL', 0),
  }
}

/** Passes on what a child writes and keeps its last lines. */
function keepLines(child: ChildProcess, onLine: ChildOptions['onLine']): readonly string[] {
  const lines: string[] = []
  for (const from of ['stdout', 'stderr'] as const) {
    const stream = child[from]
    if (stream === null) continue
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
      onLine?.(line, from)
    })
  }
  return lines
}

/**
 * For a file run as a child: starts its work, says that it is ready, and stops the work when it is told to or its
 * parent is gone, also when that happens while the work is still starting.
 */
export async function serveParent(
  start: () => Promise<{ readonly stop: () => Promise<void>; readonly url?: string }>,
): Promise<void> {
  const told = Promise.withResolvers<void>()
  process.on('SIGTERM', told.resolve).on('SIGINT', told.resolve).on('disconnect', told.resolve)
  const { stop, url } = await start()
  if (process.connected) process.send?.({ ready: true, url })
  else if (process.send !== undefined) told.resolve()
  await told.promise
  await stop()
  process.exit(0)
}
