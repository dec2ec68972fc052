import { Agent, request } from 'node:http'
import { seedLot, seedRun, seedTrades } from '../testing/seed.ts'
import { startTestServer, type TestServer } from '../testing/server.ts'

/** An answer that was not the account's own, in words. */
type Stray = string

/** One account with a word in its rows that stands nowhere else. */
interface Member {
  readonly brokerId: string
  readonly canary: string
  readonly cookie: string
  readonly run: string
  readonly device: string
}

/** Many accounts that ask one server at the same time over sockets. */
export interface Crowd {
  /** Connections that the server has to its database. */
  readonly connections: number
  /** Each account asks so many things, all accounts at once; answers how many were answered and which were wrong. */
  ask(each: number): Promise<{ readonly answers: number; readonly strays: readonly Stray[] }>
  close(): Promise<void>
}

interface Call {
  readonly method?: 'GET' | 'PATCH' | 'POST'
  readonly path: string
  readonly body?: object
}

/** What is asked, in turns: calls whose answers hold the account's canary, with writes among them. */
const calls: readonly ((member: Member, turn: number) => Call)[] = [
  () => ({ path: '/api/trades' }),
  () => ({ path: '/api/runs?status=ended' }),
  ({ canary, device }) => ({
    method: 'PATCH',
    path: `/api/devices/${device}`,
    body: { label: canary },
  }),
  () => ({ path: '/api/trades.csv' }),
  ({ run }) => ({ path: `/api/runs/${run}` }),
  () => ({ path: '/api/orders?limit=3' }),
  () => ({ path: '/api/positions' }),
  ({ run }) => ({ path: `/api/runs/${run}/logs` }),
  ({ canary: name }, turn) => ({
    method: 'POST',
    path: '/api/runs',
    body: { strategyId: 'ema-crossover', name, params: { fastLength: 2 + (turn % 5) }, mode: 'paper' },
  }),
  ({ run }) => ({ path: `/api/trades?runId=${run}&limit=1` }),
  () => ({ path: '/api/session' }),
]

/** Opens a crowd on a server whose pool has so many connections. */
export async function openCrowd(options: {
  readonly brokers: number
  readonly connections: number
}): Promise<Crowd> {
  const server = await startTestServer({ connections: options.connections })
  await server.app.listen({ port: 0, host: '127.0.0.1' })
  const agent = new Agent({ keepAlive: true, maxSockets: options.brokers })
  const members: Member[] = []
  for (let number = 1; number <= options.brokers; number++) {
    members.push(await join(server, `UK${String(1000 + number)}`))
  }
  return {
    get connections() {
      return server.pool.totalCount
    },
    async ask(each) {
      const owners = new Map(members.map(({ run, brokerId }) => [run, brokerId]))
      const asked = members.map(async (member, index) => {
        const strays: Stray[] = []
        for (let turn = 0; turn < each; turn++) {
          const call = calls[(index + turn) % calls.length]?.(member, turn) ?? { path: '/api/session' }
          const fault = faultOf(member, owners, await answerOf(server, agent, member, call, turn))
          if (fault) strays.push(`${member.brokerId} asked ${call.path}: ${fault}`)
        }
        return strays
      })
      return { answers: each * members.length, strays: (await Promise.all(asked)).flat() }
    },
    async close() {
      agent.destroy()
      await server.close()
    },
  }
}

/** Signs an account in and writes rows with its canary. */
async function join(server: TestServer, brokerId: string): Promise<Member> {
  const browser = await server.signIn(brokerId)
  const scope = server.scope(brokerId)
  const canary = `canary-of-${brokerId}`
  const run = await seedRun(scope, canary)
  const exitAt = new Date('2026-03-02T05:00:00Z')
  await seedTrades(
    scope,
    run,
    [1, 2, 3].map((net) => ({ exitAt, net: String(net), exitReason: canary })),
  )
  await seedLot(scope, run, 1)
  await scope.insert('run_logs', { run_id: run, level: 'info', message: canary }).execute()
  const session = await browser.get('/api/session')
  const { id: device } = session.json<{ device: { id: string } }>().device
  return { brokerId, canary, cookie: browser.cookieHeader, run, device }
}

interface Heard {
  readonly status: number
  readonly text: string
}

/** Why an answer is wrong; undefined when it is this account's and nobody else's. */
function faultOf(
  { brokerId, canary }: Member,
  owners: ReadonlyMap<string, string>,
  { status, text }: Heard,
): string | undefined {
  if (status !== 200 && status !== 201) return `${status} ${text}`
  if (!text.includes(canary) && !text.includes(brokerId)) return `nothing of its own in ${text.slice(0, 200)}`
  const named = text.match(/UK\d{4}/g) ?? []
  const owned = (text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []).map((id) => owners.get(id))
  const others = new Set([...named, ...owned].filter((id) => id !== undefined && id !== brokerId))
  return others.size > 0 ? `something of ${[...others].join()}` : undefined
}

/** Asks until the server is not too busy to answer: 503 says to come again. */
async function answerOf(server: TestServer, agent: Agent, member: Member, call: Call, turn: number) {
  for (;;) {
    const heard = await send(server, agent, member, call, turn)
    if (heard.status !== 503) return heard
  }
}

/** Sends one request over a socket. */
function send(
  server: TestServer,
  agent: Agent,
  { cookie }: Member,
  { method = 'GET', path, body }: Call,
  turn: number,
): Promise<Heard> {
  const { promise, resolve, reject } = Promise.withResolvers<Heard>()
  const headers = {
    cookie,
    origin: server.webOrigin,
    ...(body && { 'content-type': 'application/json' }),
    ...(method === 'POST' && { 'idempotency-key': `start-of-${turn % 5}` }),
  }
  const sent = request(`${server.app.listeningOrigin}${path}`, { agent, method, headers }, (response) => {
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => (text += part))
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject)
  })
  sent.on('error', reject)
  sent.end(body && JSON.stringify(body))
  return promise
}
