import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mintBrokerId } from '@stratdesk/data/broker-id'
import { startEmbeddedPostgres } from '@stratdesk/data/embedded-postgres'
import { createPool } from '@stratdesk/data/pool'
import { createScope } from '@stratdesk/data/scope'
import { uuidv7 } from '@stratdesk/data/uuid'
import { residentKib } from '../resident-memory.ts'
import type { Limit } from '../row.ts'
import { brokerIds } from '../seed.ts'
import { type Servers, signIn, startServers } from '../servers.ts'

const accounts = 32
const devices = 20
const tabs = 8
const events = 50

/** Row 6: how long an event takes to the last of an account's devices while five thousand streams are open. */
export const streamLatency: Limit = {
  name: '6',
  work: `an event of one account to the last of its ${devices} devices with ${tabs} streams each, while ${accounts * devices * tabs} streams are open on one process, 99th percentile`,
  unit: 'ms',
  limitedBy:
    'One loop writes each event to 160 streams one after the other; clients of the same machine read them.',
  mark: { atMost: 250 },
  quantile: 0.99,
  run: () => withStreams(({ heard, databaseUrl }) => latencies(heard, databaseUrl)),
}

/** Row 6, the other half: what an open stream keeps in memory. */
export const streamMemory: Limit = {
  name: '6-memory',
  work: `resident memory of the API process for each of ${accounts * devices * tabs} open streams`,
  unit: 'KiB',
  limitedBy: 'Node’s objects for a socket, a request and an answer, which the stream keeps open.',
  mark: { atMost: 20 },
  run: () => withStreams(({ kibPerStream }) => Promise.resolve([kibPerStream])),
}

/** The text that each stream of the first account has received since it was last emptied. */
interface Open {
  readonly heard: readonly Listening[]
  readonly kibPerStream: number
  readonly databaseUrl: string
}

async function withStreams(measure: (open: Open) => Promise<readonly number[]>): Promise<readonly number[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'stratdesk-bench-streams-'))
  const postgres = await startEmbeddedPostgres({ dir: join(dataDir, 'postgres'), port: 0 })
  const servers = await startServers(postgres.url, dataDir)
  const sockets: Listening[] = []
  try {
    const cookies: string[] = []
    for (const id of brokerIds(accounts)) {
      for (let device = 0; device < devices; device += 1) cookies.push(await signIn(servers, id))
    }
    const before = await residentKib(servers.apiPid)
    for (const cookie of cookies) {
      sockets.push(...(await Promise.all(Array.from({ length: tabs }, () => listen(servers, cookie)))))
    }
    const kibPerStream = ((await residentKib(servers.apiPid)) - before) / sockets.length
    return await measure({ heard: sockets.slice(0, devices * tabs), kibPerStream, databaseUrl: postgres.url })
  } finally {
    for (const { socket } of sockets) socket.destroy()
    await servers.close()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

interface Listening {
  readonly socket: Socket
  /** Resolves when a text has come. */
  waitFor(text: string): Promise<void>
}

/** Opens a stream by hand, so that the listener costs the machine as little as it can; resolves when it has begun. */
async function listen({ apiUrl }: Servers, cookie: string): Promise<Listening> {
  const { hostname, port, host } = new URL(apiUrl)
  const socket = connect(Number(port), hostname)
  let rest = ''
  let wanted: { readonly text: string; readonly found: () => void } | undefined
  socket.setEncoding('utf8').on('error', () => socket.destroy())
  socket.on('data', (text: string) => {
    rest = (rest + text).slice(-4096)
    if (wanted !== undefined && rest.includes(wanted.text)) wanted.found()
  })
  const waitFor = async (text: string) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const lost = () => reject(new Error('A stream was lost'))
    socket.once('close', lost)
    wanted = { text, found: resolve }
    if (rest.includes(text)) resolve()
    await promise
    socket.off('close', lost)
  }
  const begun = waitFor('retry: ')
  socket.write(`GET /api/events HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\n\r\n`)
  await begun
  return { socket, waitFor }
}

/** From the moment an event is written until the last stream of its account has it; milliseconds. */
async function latencies(streams: readonly Listening[], databaseUrl: string): Promise<readonly number[]> {
  const pool = createPool({ url: databaseUrl, max: 1 })
  const scope = createScope(pool, mintBrokerId('UK0001'))
  const times: number[] = []
  try {
    for (let turn = 0; turn < events; turn += 1) {
      const deviceId = uuidv7()
      const all = Promise.all(streams.map((stream) => stream.waitFor(deviceId)))
      const start = performance.now()
      await scope.transaction(async (tx) => tx.emit('device', { deviceId, change: 'renamed' }))
      await all
      times.push(performance.now() - start)
    }
    return times
  } finally {
    await pool.end()
  }
}
