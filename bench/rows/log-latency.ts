import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startChild } from '../../scripts/child.ts'
import { freePorts } from '../../scripts/ports.ts'
import type { Target } from '../load.ts'
import { answerTimes } from '../open-loop.ts'
import { measurePairs, quantile } from '../pairs.ts'
import type { Row } from '../row.ts'
import { brokerIds, seedTrades } from '../seed.ts'
import { type Servers, signIn, startServers } from '../servers.ts'

const brokers = 20
/** A fraction of what the server can do: at more the requests delay each other, and their 99th percentile is that of one pause. */
const perSecond = 200
/** A turn of a side counts 1,600 answers, in four times the two seconds after which the log is sent. */
const seconds = 8
/**
 * A turn begins with answers that are not counted: until then the side before has sent the rest of its log, which must not
 * delay this one, and this one sends as much of its own as it will all the time.
 */
const leadInSeconds = 2.5

/** Where a log is sent, and how many lines it has where it takes any. */
interface Storage {
  readonly endpoint: string
  readonly account: string
  readonly key: string
  lines?(): Promise<number>
  close(): Promise<void>
}

/** What Azure is to the server whose log goes there. */
type AzureState = 'up' | 'down' | 'hung'

/** How long requests take while the log is sent to Azure; each writes one line of it. */
export function logLatency(state: AzureState): Row {
  return {
    name: `log-p99-${state}`,
    work: `\`GET /api/trades?limit=50\`, ${perSecond} a second of ${brokers} accounts, a log line each, Azure ${state}, 99th percentile`,
    against: 'the same server without Azure, its log on standard output alone',
    unit: 'ms',
    mark: { atMost: 1.05 },
    limitedBy:
      'The thread that sends the log, on two cores that the load generator and Postgres use too; and the noise of a 99th percentile: the same server against itself was 0.9 to 1.1 on a busy machine.',
    async run({ databaseUrl, rounds }) {
      await seedTrades(databaseUrl, { brokers, trades: 1000 })
      const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-log-'))
      const azure = await startAzure(state)
      const shipping = await startLogging(databaseUrl, join(dataDir, 'a'), azure.settings)
      const plain = await startLogging(databaseUrl, join(dataDir, 'b'))
      try {
        const [ours, theirs] = [await signedIn(shipping), await signedIn(plain)]
        const result = await measurePairs(
          () => latency(ours),
          () => latency(theirs),
          { rounds, seconds },
        )
        await shipping.close()
        const asked = (rounds + 1) * (leadInSeconds + seconds) * perSecond
        if (azure.lines !== undefined)
          assert.ok((await azure.lines()) >= asked, 'each answer’s line was sent')
        return result
      } finally {
        await Promise.all([shipping.close(), plain.close()])
        await azure.close()
        await rm(dataDir, { recursive: true, force: true })
      }
    },
  }
}

async function latency(target: Target): Promise<number> {
  const times = await answerTimes(target, { perSecond, seconds: leadInSeconds + seconds })
  return quantile(times.slice(leadInSeconds * perSecond), 0.99)
}

/** A server as in production, but for the address, that logs every answer. */
function startLogging(
  databaseUrl: string,
  dataDir: string,
  azure: Readonly<Record<string, string>> = {},
): Promise<Servers> {
  return startServers(databaseUrl, dataDir, {
    NODE_ENV: 'production',
    SESSION_SECRET: randomBytes(32).toString('hex'),
    SESSION_STORE: 'memory',
    WEB_DIR: 'none',
    ENGINE: 'off',
    LOG_LEVEL: 'debug',
    ...azure,
  })
}

async function signedIn(servers: Servers): Promise<Target> {
  const cookies = await Promise.all(brokerIds(brokers).map((id) => signIn(servers, id)))
  return {
    url: servers.apiUrl,
    requests: cookies.map((cookie) => ({ path: '/api/trades?limit=50', headers: { cookie } })),
  }
}

async function startAzure(state: AzureState) {
  const azure: Storage = await started[state]()
  return {
    settings: {
      AZURE_BLOB_ACCOUNT_NAME: azure.account,
      AZURE_BLOB_CONTAINER_NAME: 'desk-logs',
      AZURE_BLOB_STORAGE_KEY: azure.key,
      AZURE_BLOB_ENDPOINT: azure.endpoint,
    },
    lines: azure.lines,
    close: () => azure.close(),
  }
}

const nobody = { account: 'devstoreaccount1', key: Buffer.from('a key').toString('base64') }

const started = {
  async up() {
    const file = fileURLToPath(new URL('log-storage.ts', import.meta.url))
    const storage = startChild({ name: 'log-storage', file })
    const { url = '' } = await storage.ready
    const lines = async () => Number(await (await fetch(`${url}/lines`)).text())
    return { ...nobody, endpoint: `${url}/${nobody.account}`, lines, close: () => storage.stop() }
  },
  async down() {
    const [port = 0] = await freePorts(1)
    return { ...nobody, endpoint: `http://127.0.0.1:${port}/${nobody.account}`, close: async () => {} }
  },
  /** Takes every connection and says nothing. */
  async hung() {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => void sockets.add(socket.on('error', () => {}).resume()))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    // A listening TCP server has an AddressInfo.
    const { port } = server.address() as AddressInfo
    const close = async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
    return { ...nobody, endpoint: `http://127.0.0.1:${port}/${nobody.account}`, close }
  },
} satisfies Record<AzureState, () => Promise<Storage>>
