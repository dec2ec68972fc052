import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../../scripts/ports.ts'
import type { Limit } from '../row.ts'

const root = fileURLToPath(new URL('..', new URL('..', import.meta.url)))

/** From `pnpm dev` to the line that says it is ready, with an empty data directory: initdb and migrations included. */
export const devReady: Limit = {
  name: 'dev-ready',
  work: '`pnpm dev` to ready, dependencies installed, empty data directory',
  unit: 'ms',
  limitedBy: 'initdb, and three programs that start at once on two cores.',
  mark: { atMost: 6000 },
  async run({ rounds }) {
    const times: number[] = []
    for (let round = 0; round < Math.min(rounds, 5); round += 1) times.push(await startOnce())
    return times
  },
}

async function startOnce(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-dev-'))
  const [api, web, sim, postgres] = await freePorts(4)
  const env = {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(api),
    WEB_PORT: String(web),
    KITE_SIM_PORT: String(sim),
    EMBEDDED_PG_PORT: String(postgres),
  }
  const start = performance.now()
  const child = spawn('npx', ['-y', 'pnpm@12', 'dev'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  try {
    return await new Promise<number>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        if (text.includes('Stratdesk is ready')) resolve(performance.now() - start)
      })
      child.once('error', reject)
      child.once('close', () => reject(new Error('pnpm dev ended before it was ready')))
    })
  } finally {
    child.kill('SIGTERM')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  }
}
