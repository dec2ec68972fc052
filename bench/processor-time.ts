import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const ticksPerSecond = promisify(execFile)('getconf', ['CLK_TCK']).then(({ stdout }) => Number(stdout))

/** Processor time that a process of this machine has used so far, all its threads together; Linux only. */
export async function busySeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // Behind the name, which may hold spaces: field 3 on; utime and stime are fields 14 and 15 (man proc_pid_stat).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / (await ticksPerSecond)
}
