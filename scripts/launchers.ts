import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Process {
  readonly parent: number
  readonly command: string
}

/** Reads one process of the system: from /proc where there is one, from `ps` elsewhere; undefined when it is gone. */
function readProcess(pid: number): Process | undefined {
  try {
    // The name in brackets may hold spaces and brackets itself; what follows it is state and parent.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      parent: Number(parent),
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
    }
  } catch {
    return process.platform === 'linux' || process.platform === 'win32' ? undefined : askPs(pid)
  }
}

function askPs(pid: number): Process | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' })
    const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(line) ?? []
    return command === undefined ? undefined : { parent: Number(parent), command }
  } catch {
    return undefined
  }
}

const packageManager = /\b(npx|npm|pnpm|corepack)\b/

/**
 * The processes between a terminal and us: npx, npm, pnpm and the shells they run scripts in. One of them that is
 * killed alone takes nobody along, so whoever has children of its own watches them.
 */
export function launchers(
  read: (pid: number) => Process | undefined = readProcess,
  from = process.ppid,
): readonly number[] {
  const found: number[] = []
  const chain: number[] = []
  for (let pid = from; pid > 1;) {
    const one = read(pid)
    if (one === undefined) break
    chain.push(pid)
    if (packageManager.test(one.command)) found.push(...chain.splice(0))
    // At most the shell of a script lies between two of them.
    else if (chain.length > 1) break
    pid = one.parent
  }
  return found
}

/** Calls back once when one of these processes is gone; does not keep this one alive. */
export function whenGone(pids: readonly number[], callback: () => void): void {
  const timer = setInterval(() => {
    if (pids.every(isAlive)) return
    clearInterval(timer)
    callback()
  }, 500)
  timer.unref()
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it is there and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
