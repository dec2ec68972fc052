import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@stratdesk/data/testing'
import { median, measurePairs } from '../pairs.ts'
import type { Row } from '../row.ts'
import { brokerIds, seedTrades } from '../seed.ts'
import { type Servers, signIn, startServers } from '../servers.ts'

const many = 10_000
const few = 10
const trades = 1000
/** Of the many, so many are asked for, spread evenly. */
const asked = 10
/** The last page of so many rows. */
const limit = 10
const lastPage = 100

/** One broker's page as a request. */
interface PageRequest {
  readonly path: string
  readonly cookie: string
}

/** Row 4: whether a page of trades takes longer among ten million rows than among ten thousand. */
export const manyBrokers: Row = {
  name: '4',
  work: '`GET /api/trades`, first page and page 100 in turn, among 10,000 brokers × 1,000 trades, median latency',
  against: 'the same among 10 brokers × 1,000 trades',
  unit: 'ms',
  limitedBy: 'Pages of the index and of the table that ten million rows no longer find in Postgres’s memory.',
  mark: { atMost: 1.2 },
  async run({ databaseUrl, rounds, seconds }) {
    const small = await createTestDatabase()
    const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-api-'))
    await seedTrades(databaseUrl, { brokers: many, trades })
    await seedTrades(small.url, { brokers: few, trades })
    const among = {
      many: await startServers(databaseUrl, dataDir),
      few: await startServers(small.url, dataDir),
    }
    try {
      const [ours, theirs] = [await pages(among.many, many), await pages(among.few, few)]
      return await measurePairs(
        (time) => medianLatency(among.many.apiUrl, ours, time),
        (time) => medianLatency(among.few.apiUrl, theirs, time),
        { rounds, seconds },
      )
    } finally {
      await Promise.all([among.many.close(), among.few.close()])
      await small.drop()
      await rm(dataDir, { recursive: true, force: true })
    }
  },
}

async function pages(servers: Servers, count: number): Promise<readonly PageRequest[]> {
  const ids = brokerIds(count).filter((_, index) => index % (count / asked) === 0)
  const found = ids.map(async (id) => {
    const cookie = await signIn(servers, id)
    const last = await lastPath(servers, cookie)
    return [
      { path: `/api/trades?limit=${limit}`, cookie },
      { path: last, cookie },
    ]
  })
  return (await Promise.all(found)).flat()
}

/** Walks to the last page by its cursors, as one does who scrolls. */
async function lastPath({ apiUrl }: Servers, cookie: string): Promise<string> {
  let path = `/api/trades?limit=${limit}`
  for (let at = 1; at < lastPage; at += 1) {
    const { nextCursor } = await read(apiUrl, { path, cookie })
    assert.ok(nextCursor !== null)
    path = `/api/trades?limit=${limit}&cursor=${encodeURIComponent(nextCursor)}`
  }
  return path
}

interface TradesPage {
  readonly items: readonly unknown[]
  readonly nextCursor: string | null
}

async function read(apiUrl: string, { path, cookie }: PageRequest): Promise<TradesPage> {
  const answer = await fetch(`${apiUrl}${path}`, { headers: { cookie } })
  assert.equal(answer.status, 200)
  const page = (await answer.json()) as TradesPage
  assert.equal(page.items.length, limit)
  return page
}

/** One request after the other, so that the latency is the server's own. */
async function medianLatency(
  apiUrl: string,
  requests: readonly PageRequest[],
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1000
  const latencies: number[] = []
  while (performance.now() < end) {
    for (const request of requests) {
      const start = performance.now()
      await read(apiUrl, request)
      latencies.push(performance.now() - start)
    }
  }
  return median(latencies)
}
