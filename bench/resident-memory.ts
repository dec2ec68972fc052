import { readFile } from 'node:fs/promises'

/** What a process of this machine keeps in memory, in KiB; Linux only. */
export async function residentKib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  if (found === undefined) throw new Error(`Process ${pid} says nothing of its memory`)
  return Number(found)
}
