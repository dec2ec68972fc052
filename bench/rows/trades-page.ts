import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild } from '../../scripts/child.ts'
import { freePorts } from '../../scripts/ports.ts'
import { load, type Target } from '../load.ts'
import { measurePairs } from '../pairs.ts'
import type { Row } from '../row.ts'
import { brokerIds, seedTrades } from '../seed.ts'
import { signIn, startServers } from '../servers.ts'

const brokers = 20
/** As large as the product's own pool. */
const poolSize = 10

/** Row 1: a page of trades over HTTP with everything on, against a bare route of the same rows. */
export const tradesPage: Row = {
  name: '1',
  work: '`GET /api/trades?limit=50`, signed in, row security, validation and helmet on, one process',
  against:
    'a bare Fastify route with plain `pool.query`, same rows and pool size, no session, scope or schema',
  unit: 'requests/s',
  limitedBy:
    'Writing to sockets takes a fifth of the process’s time, making values of what Postgres sends a quarter, the answer’s JSON a tenth (node --cpu-prof); no single part is left that one could spare. The peer is behind because it makes each time a Date and a text again, and because its statement has no name.',
  mark: { atLeast: 1 },
  run: ({ databaseUrl, ...pace }) =>
    withTradesPage(databaseUrl, (ours, theirs) =>
      measurePairs(
        (time) => load(ours, time),
        (time) => load(theirs, time),
        pace,
      ),
    ),
}

/** Starts both sides on one database and gives `measure` what to ask of each. */
export async function withTradesPage<T>(
  databaseUrl: string,
  measure: (ours: Target, theirs: Target) => Promise<T>,
): Promise<T> {
  await seedTrades(databaseUrl, { brokers, trades: 1000 })
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-api-'))
  const servers = await startServers(databaseUrl, dataDir)
  const [peerPort = 0] = await freePorts(1)
  const peer = startChild({
    name: 'bare-server',
    file: fileURLToPath(new URL('../peers/bare-server.ts', import.meta.url)),
    args: [databaseUrl, String(peerPort), String(poolSize)],
  })
  try {
    await peer.ready
    const ours: Target = { url: servers.apiUrl, requests: [] }
    const theirs: Target = { url: `http://127.0.0.1:${peerPort}`, requests: [] }
    const requests = await Promise.all(
      brokerIds(brokers).map(async (id) => {
        const cookie = await signIn(servers, id)
        const our = { path: '/api/trades?limit=50', headers: { cookie } }
        const their = { path: `/api/trades?broker=${id}`, headers: {} }
        await compareAnswers({ ...ours, requests: [our] }, { ...theirs, requests: [their] })
        return { our, their }
      }),
    )
    return await measure(
      { ...ours, requests: requests.map(({ our }) => our) },
      { ...theirs, requests: requests.map(({ their }) => their) },
    )
  } finally {
    await Promise.all([servers.close(), peer.stop()])
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Both answer the same 50 rows, byte for byte; ours also says where the next page begins. */
async function compareAnswers(ours: Target, theirs: Target): Promise<void> {
  const [our, their] = await Promise.all([itemsOf(ours), itemsOf(theirs)])
  assert.equal(our.length, 50)
  assert.deepEqual(our, their)
}

async function itemsOf({ url, requests }: Target): Promise<readonly string[]> {
  const [request] = requests
  const answer = await fetch(`${url}${request?.path}`, { headers: request?.headers ?? {} })
  assert.equal(answer.status, 200)
  const { items } = (await answer.json()) as { items: readonly unknown[] }
  return items.map((item) => JSON.stringify(item))
}
