import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@stratdesk/data/testing'
import { type RunningKiteSim, startKiteSim } from '@stratdesk/kite-sim/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePorts } from '../../../scripts/ports.ts'
import { buildTinyWeb } from './isolation/tiny-web.ts'
import { TestEventSource } from './testing/event-source.ts'
import { signInOverHttp } from './testing/sign-in-over-http.ts'

let database: TestDatabase
let sim: RunningKiteSim
beforeAll(async () => {
  ;[database, sim] = await Promise.all([createTestDatabase(), startKiteSim()])
})
afterAll(async () => {
  await sim.close()
  await database.drop()
})

const start = (file: string, env: Readonly<Record<string, string>>) =>
  startWith(file, {
    PATH: process.env['PATH'],
    PORT: '0',
    DATABASE_URL: database.url,
    SESSION_SECRET: 'fedcba9876543210'.repeat(2),
    KITE_API_URL: sim.url,
    KITE_LOGIN_URL: `${sim.url}/connect/login`,
    KITE_TICKER_URL: sim.tickerUrl,
    KITE_API_KEY: 'demo-key',
    KITE_API_SECRET: 'demo-secret',
    ...env,
  })

function startWith(file: string, env: NodeJS.ProcessEnv) {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], { silent: true, env })
  let output = ''
  child.stdout?.on('data', (text) => (output += String(text)))
  child.stderr?.on('data', (text) => (output += String(text)))
  return { child, exit: exitOf(child), output: () => output }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code]: (number | null)[] = await once(child, 'close')
  return code ?? null
}

describe('the server process', () => {
  it('takes two users from sign-in to their first trades, and ends cleanly on SIGTERM with streams open', async () => {
    const { child, exit, output } = start('./main.ts', {})
    const [message] = await once(child, 'message')
    expect(message).toMatchObject({ ready: true, port: expect.any(Number), simulated: true })
    await vi.waitFor(() => expect(output()).toContain('"msg":"ready"'))
    const apiUrl = `http://127.0.0.1:${message.port}`
    expect(await (await fetch(`${apiUrl}/readyz`)).json()).toMatchObject({ status: 'ready' })

    const place = { apiUrl, simUrl: sim.url, webOrigin: 'http://localhost:5173' }
    const cookies = [await signInOverHttp(place, 'UK9394'), await signInOverHttp(place, 'UK1234')]
    const streams = await Promise.all(cookies.map((cookie) => TestEventSource.open(apiUrl, cookie)))
    for (const [index, cookie] of cookies.entries()) {
      const response = await fetch(`${apiUrl}/api/runs`, {
        method: 'POST',
        headers: {
          cookie,
          origin: place.webOrigin,
          'content-type': 'application/json',
          'idempotency-key': 'first-run',
        },
        body: JSON.stringify({
          strategyId: 'ema-crossover',
          mode: 'paper',
          params: { fastLength: 2 + index, slowLength: 5 },
        }),
      })
      expect(response.status).toBe(201)
    }
    await vi.waitFor(
      () => expect(streams.every((stream) => stream.types.includes('tick'))).toBe(true),
      10_000,
    )
    await sim.clock.set({ speed: 30 })
    await vi.waitFor(
      () => expect(streams.every((stream) => stream.types.includes('trade'))).toBe(true),
      30_000,
    )
    const runs = await Promise.all(cookies.map((cookie) => runsOfTrades(apiUrl, cookie)))
    expect(runs.map((ids) => ids.size)).toEqual([1, 1])
    expect(runs[0]).not.toEqual(runs[1])
    for (const [index, stream] of streams.entries()) {
      const trades = stream.events.filter((event) => event.type === 'trade')
      const [runId] = runs[index] ?? []
      for (const trade of trades) expect(trade.data).toMatchObject({ runId })
    }

    const began = Date.now()
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    expect(Date.now() - began).toBeLessThan(10_000)
    await Promise.all(streams.map((stream) => stream.ended))
    expect(output()).not.toMatch(/"level":(50|60)/)
  }, 60_000)

  it('ends when its parent is gone', async () => {
    const { child } = start('./main.ts', { ENGINE: 'off' })
    await once(child, 'message')
    // Node emits no 'close' for a child whose channel we cut.
    const exited = once(child, 'exit')
    child.disconnect()
    expect(await exited).toEqual([0, null])
  })

  it('says in one line which port is taken and which variable changes it', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { exit, output } = start('./main.ts', { PORT: String(port), LOG_LEVEL: 'warn' })
    expect(await exit).toBe(78)
    expect(output().trim()).toBe(
      `Port ${port} (API) is taken: stop what uses it, or set PORT to another port.`,
    )
    server.close()
  })

  it('starts in production with three variables, and says what they leave open', async () => {
    const [port = 0] = await freePorts(1)
    const web = await buildTinyWeb()
    // Of a test: another port than 8080, and a web app that need not be built first.
    const place = { PATH: process.env['PATH'], PORT: String(port), WEB_DIR: web.dir }
    const three = {
      NODE_ENV: 'production',
      DATABASE_URL: database.url,
      SESSION_SECRET: `secret-${randomBytes(16).toString('hex')}`,
    }
    const { child, exit, output } = startWith('./main.ts', { ...place, ...three })
    const [message] = await once(child, 'message')
    expect(message).toMatchObject({ ready: true, simulated: false, engine: 'inline', sessions: 'memory' })
    const url = `http://localhost:${port}`
    expect(await (await fetch(url)).text()).toContain('Stratdesk')
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ status: 'ready' })
    await vi.waitFor(() => expect(output()).toContain('"msg":"ready"'))
    expect(output()).toContain('ALLOWED_BROKER_IDS is empty: everybody')
    expect(output()).toContain('SESSION_SECRET holds a word that is tried first: make another')
    expect(output()).toContain(`The web app is for browsers on this machine, at ${url}: set WEB_ORIGIN`)
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    await web.remove()
  })

  it('does not start in production without the web app, and says what builds it', async () => {
    const production = { NODE_ENV: 'production', WEB_ORIGIN: 'http://localhost:8080' }
    const { exit, output } = start('./main.ts', { ...production, WEB_DIR: '/nowhere' })
    expect(await exit).toBe(78)
    expect(output()).toMatch(/^There is no built web app in .+: run `pnpm build`, or set WEB_DIR=none .+\n$/)
  })

  it('refuses a configuration that is wrong with one message', async () => {
    const { exit, output } = start('./main.ts', { PORT: 'x', ENGINE: 'on' })
    expect(await exit).toBe(78)
    expect(output()).toMatch(/^The configuration is wrong:\n {2}PORT: .+\n {2}ENGINE: .+\n$/)
  })
})

describe('the engine process', () => {
  it('says that it is ready and ends cleanly', async () => {
    const { child, exit } = start('./engine-main.ts', {})
    expect(await once(child, 'message')).toMatchObject([{ ready: true }, undefined])
    child.kill('SIGINT')
    expect(await exit).toBe(0)
  })
})

async function runsOfTrades(apiUrl: string, cookie: string): Promise<ReadonlySet<string>> {
  const response = await fetch(`${apiUrl}/api/trades`, { headers: { cookie } })
  const { items }: { items: { runId: string }[] } = JSON.parse(await response.text())
  return new Set(items.map((trade) => trade.runId))
}
