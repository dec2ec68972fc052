import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Target } from './load.ts'

const run = promisify(execFile)

/** As `wrk 4.1.0`; undefined where it is not installed (Debian's package wrk). */
export function wrkVersion(): string | undefined {
  const { stdout } = spawnSync('wrk', ['--version'], { encoding: 'utf8' })
  const [version] = /\d+\.\d+\.\d+/.exec(stdout ?? '') ?? []
  return version && `wrk ${version}`
}

export interface WrkResult {
  readonly answered: number
  readonly microseconds: number
  /** Requests that were not answered, or with a status of 400 or more. */
  readonly failed: number
}

/** Keeps a server busy from one thread for whole seconds. */
export async function wrk(
  { url, requests }: Target,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<WrkResult> {
  const folder = await mkdtemp(join(tmpdir(), 'stratdesk-wrk-'))
  try {
    const file = join(folder, 'requests')
    const lines = requests.map(({ path, headers }) =>
      [path, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\t'),
    )
    await writeFile(file, lines.join('\n'))
    const script = fileURLToPath(new URL('wrk.lua', import.meta.url))
    const args = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '-s', script, url, '--', file]
    const { stdout } = await run('wrk', args)
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
