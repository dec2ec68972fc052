import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function start(env: Readonly<Record<string, string>> = {}) {
  const port = await freePort()
  const file = fileURLToPath(new URL('worker-group.fixture.ts', import.meta.url))
  const child = fork(file, [], { env: { ...process.env, FIXTURE_PORT: String(port), ...env } })
  children.push(child)
  const messages: unknown[] = []
  child.on('message', (message) => messages.push(message))
  const [first] = await once(child, 'message')
  return { child, messages, first, port }
}

/** Asks over new connections until `count` different processes have answered. */
async function pids(port: number, count: number): Promise<ReadonlySet<string>> {
  const seen = new Set<string>()
  await vi.waitFor(
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })
      seen.add(await answer.text())
      expect(seen.size).toBeGreaterThanOrEqual(count)
    },
    { timeout: 10_000, interval: 5 },
  )
  return seen
}

/** A connection may be waiting for a worker that is not there. */
const die = (port: number) =>
  fetch(`http://127.0.0.1:${port}/die`, { signal: AbortSignal.timeout(500) }).catch(() => undefined)

describe('a group of workers', () => {
  it('answers on one port, and replaces a worker that is killed', async () => {
    const { child, first, port } = await start()
    expect(first).toEqual({ group: 'ready', facts: { ready: true } })
    const before = await pids(port, 2)
    await die(port)
    const one = (pid: string) => !before.has(pid)
    await vi.waitFor(async () => expect([...(await pids(port, 1))].some(one)).toBe(true), 10_000)
    expect((await pids(port, 2)).size).toBe(2)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow()
  })

  it('gives up when workers end again and again, and says so once', async () => {
    const { messages, port } = await start()
    await vi.waitFor(
      async () => {
        await die(port)
        expect(messages).toContainEqual({ crashLoop: 'Workers end again and again' })
      },
      { timeout: 15_000, interval: 20 },
    )
    expect(messages.filter((message) => JSON.stringify(message).includes('crashLoop'))).toHaveLength(1)
  })

  it('goes on with the workers it has when the program was replaced, and gives up when none is left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stratdesk-upgrade-'))
    const file = join(folder, 'begun')
    const { messages, port } = await start({ FIXTURE_UPGRADE: file })
    const before = await pids(port, 2)
    await writeFile(file, '')
    await die(port)
    const [left] = await pids(port, 1)
    expect(before).toContain(left)
    for (let turn = 0; turn < 4; turn += 1) expect([...(await pids(port, 1))]).toEqual([left])
    expect(messages).toHaveLength(1)
    await die(port)
    const crashLoop = 'Workers end again and again'
    await vi.waitFor(() => expect(messages.at(-1)).toEqual({ crashLoop }), { timeout: 10_000 })
    await rm(folder, { recursive: true })
  })

  it('does not start when a worker refuses the settings, and leaves nobody behind', async () => {
    const { first } = await start({ FIXTURE_EXIT: '78' })
    expect(first).toEqual({
      group: 'failed',
      error: 'ConfigurationError: A worker refused these settings.',
    })
  })

  it('does not start when a worker fails', async () => {
    const { first } = await start({ FIXTURE_EXIT: '3' })
    expect(first).toEqual({ group: 'failed', error: 'Error: A worker did not start: exit code 3' })
  })
})
