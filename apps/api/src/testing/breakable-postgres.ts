import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import pg from 'pg'
import type { Breakable } from './breakable.ts'

export interface BreakablePostgres extends Breakable {
  /** Ends it as `pg_ctl stop -m immediate` does: its connections are told so, and nothing is written on the way out. */
  stopImmediately(): Promise<void>
}

/** A Postgres of a test's own, with data that outlives its process. */
export async function startBreakablePostgres(): Promise<BreakablePostgres> {
  const dir = await mkdtemp(join(tmpdir(), 'stratdesk-test-'))
  let server = await startEmbeddedPostgres({ dir, port: 0 })
  const { url } = server
  let first = await postmasterOf(url)
  const all = async () => [first, ...(await childrenOf(first))]
  return {
    url,
    async kill() {
      const pids = await all()
      for (const pid of pids) signal(pid, 'SIGKILL')
      await Promise.all(pids.map(untilGone))
    },
    async stopImmediately() {
      const pids = await all()
      signal(first, 'SIGQUIT')
      await Promise.all(pids.map(untilGone))
    },
    stop: () => server.stop(),
    async start() {
      server = await startEmbeddedPostgres({ dir, port: Number(new URL(url).port) })
      first = await postmasterOf(url)
    },
    async freeze() {
      // The one that starts the others first, so that none is started while they are counted.
      signal(first, 'SIGSTOP')
      for (const pid of await childrenOf(first)) signal(pid, 'SIGSTOP')
    },
    async thaw() {
      for (const pid of await all()) signal(pid, 'SIGCONT')
    },
    async close() {
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // A connection's process may have ended a moment ago.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** The process that starts the server's others. */
async function postmasterOf(url: string): Promise<number> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ dir: string }>("select current_setting('data_directory') as dir")
  await client.end()
  return Number((await readFile(join(rows[0]?.dir ?? '', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const))
  return parents.flatMap(([pid, of]) => (of === parent ? [pid] : []))
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // Behind the name, which may hold spaces: the state, then the parent.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

/** Resolves when a process has ended; one that only waits to be noticed by its parent has. */
async function untilGone(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    if (stat === '' || stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return
    await new Promise(setImmediate)
  }
}
