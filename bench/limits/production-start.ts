import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { startChild } from '../../scripts/child.ts'
import { freePorts } from '../../scripts/ports.ts'
import { residentKib } from '../resident-memory.ts'
import type { Limit, Pace } from '../row.ts'

const root = fileURLToPath(new URL('..', new URL('..', import.meta.url)))

/** Row 10: from the start of the production server, whose web app is built, to a 200 of /readyz, nothing left to migrate. */
export const productionStart: Limit = {
  name: '10',
  work: 'start of `pnpm start` to /readyz 200, migrations current',
  unit: 'ms',
  limitedBy: 'Loading the program’s modules; their compiled code is kept between starts.',
  mark: { atMost: 1500 },
  run: async (pace) => (await startOften(pace)).map(({ ms }) => ms),
}

/** Row 10, the other half: what the process keeps in memory then. */
export const productionMemory: Limit = {
  name: '10-memory',
  work: 'resident memory of a production process that is ready, the program itself included',
  unit: 'MiB',
  limitedBy:
    'Node itself: 51 MiB before it does anything, and 60 of its file once it has compiled and collected. The rest is the program’s modules, their source and their compiled code.',
  mark: { atMost: 150 },
  run: async (pace) => (await startOften(pace)).map(({ kib }) => kib / 1024),
}

interface Start {
  readonly ms: number
  readonly kib: number
}

/** The first start migrates, and compiles what later ones find compiled: it is not counted. */
async function startOften({ rounds }: Pace): Promise<readonly Start[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-start-'))
  const postgres = await startEmbeddedPostgres({ dir: join(dataDir, 'postgres'), port: 0 })
  try {
    const starts: Start[] = []
    for (let round = 0; round <= Math.min(rounds, 5); round += 1)
      starts.push(await startOnce(postgres.url, dataDir))
    return starts.slice(1)
  } finally {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function startOnce(databaseUrl: string, dataDir: string): Promise<Start> {
  const [port = 0] = await freePorts(1)
  const origin = `http://localhost:${port}`
  const begun = performance.now()
  const server = startChild({
    name: 'server',
    file: join(root, 'scripts/start.js'),
    cwd: root,
    env: {
      PORT: String(port),
      DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      WEB_ORIGIN: origin,
      SESSION_SECRET: 'fedcba9876543210'.repeat(2),
    },
  })
  try {
    // Asked as soon as it listens, as a load balancer would.
    await server.ready
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
    if (answer.status !== 200) throw new Error(`/readyz answered ${answer.status}`)
    return { ms: performance.now() - begun, kib: await residentKib(server.pid) }
  } finally {
    await server.stop()
  }
}
