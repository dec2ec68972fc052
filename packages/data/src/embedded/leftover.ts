import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Clears what an earlier run left in the directory: a postmaster whose owner was killed is stopped, a stale pid file
 * is removed. Throws when the owner is alive, because two servers must not share one directory.
 */
export async function clearLeftover(dir: string): Promise<void> {
  const pidFile = path.join(dir, 'data', 'postmaster.pid')
  const pid = Number((await readText(pidFile)).split('\n', 1)[0])
  if (!(pid > 0)) return
  if (!(await isPostmasterOf(pid, path.join(dir, 'data')))) return rm(pidFile, { force: true })
  const owner = await readOwner(dir)
  if (owner && (await isSameProcess(owner))) {
    throw new Error(`The database in ${dir} is in use by process ${owner.pid}`)
  }
  await stopOrphan(pid)
}

/** Whether a directory was used by a process that is gone; one that nobody has used yet is not abandoned. */
export async function isAbandoned(dir: string): Promise<boolean> {
  const owner = await readOwner(dir)
  return owner !== undefined && !(await isSameProcess(owner))
}

/** Records that this process owns the server in the directory. */
export async function recordOwner(dir: string): Promise<void> {
  const owner: Owner = { pid: process.pid, startedAt: await startTime(process.pid) }
  await writeFile(path.join(dir, 'owner.json'), JSON.stringify(owner), { mode: 0o644 })
}

interface Owner {
  readonly pid: number
  /** When the process began, in the kernel's own units: tells it from a later one of the same number. */
  readonly startedAt: string
}

async function readOwner(dir: string): Promise<Owner | undefined> {
  const text = await readText(path.join(dir, 'owner.json'))
  if (text === '') return undefined
  const owner: unknown = JSON.parse(text)
  const isOwner = typeof owner === 'object' && owner !== null && 'pid' in owner && 'startedAt' in owner
  return isOwner ? { pid: Number(owner.pid), startedAt: String(owner.startedAt) } : undefined
}

async function isSameProcess(owner: Owner): Promise<boolean> {
  return (await isRunning(owner.pid)) && (await startTime(owner.pid)) === owner.startedAt
}

/** Field 22 of /proc/<pid>/stat; empty where there is no /proc, so that the number alone decides there. */
async function startTime(pid: number): Promise<string> {
  return (await statFields(pid))[19] ?? ''
}

/** The fields of /proc/<pid>/stat behind the name, which may itself hold spaces; the first is the state. */
async function statFields(pid: number): Promise<readonly string[]> {
  const stat = await readText(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Whether the process of this number is a server on our directory and not a stranger that got the number later. */
export async function isPostmasterOf(pid: number, dataDir: string): Promise<boolean> {
  if (!(await isRunning(pid))) return false
  const command = await readText(`/proc/${pid}/cmdline`)
  return command === '' || command.includes(dataDir)
}

async function stopOrphan(pid: number): Promise<void> {
  process.kill(pid, 'SIGINT')
  const deadline = Date.now() + 10_000
  while (await isRunning(pid)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGQUIT')
    if (Date.now() > deadline + 5000) throw new Error(`An earlier Postgres (process ${pid}) does not stop`)
    // The operating system tells only parents when a process ends, and this one's parent is gone.
    await delay(20)
  }
}

/** Whether a process lives and is not merely waiting for a parent to notice that it ended. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  return (await statFields(pid))[0] !== 'Z'
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return ''
  }
}
