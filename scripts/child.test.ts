import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ChildFailed, startChild, type Child } from './child.ts'

const childModule = JSON.stringify(fileURLToPath(new URL('child.ts', import.meta.url)))
let folder: string
const started: Child[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'child-'))
})
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.kill()))
  await rm(folder, { recursive: true })
})

async function start(name: string, code: string, onLine?: (line: string) => void): Promise<Child> {
  const file = join(folder, `${name}.ts`)
  await writeFile(file, code)
  const child = startChild({ name, file, args: [folder], ...(onLine ? { onLine } : {}) })
  started.push(child)
  return child
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const server = `
import { serveParent } from ${childModule}
await serveParent(async () => {
  const timer = setInterval(() => {}, 1000)
  console.log('started')
  return { url: 'x:1', stop: async () => { console.log('stopped'); clearInterval(timer) } }
})`

it('is ready when it says so, and stops its work when it is told to', async () => {
  const lines: string[] = []
  const child = await start('server', server, (line) => lines.push(line))
  expect(await child.ready).toEqual({ ready: true, url: 'x:1' })
  await child.stop()
  expect(await child.exited).toBe('exit code 0')
  expect(lines).toEqual(['started', 'stopped'])
  expect(isAlive(child.pid)).toBe(false)
})

it('stops its work also when it is told to while starting', async () => {
  const lines: string[] = []
  const slow = server.replace(
    "console.log('started')",
    "console.log('started'); await new Promise((r) => setTimeout(r, 300))",
  )
  const child = await start('slow', slow, (line) => lines.push(line))
  await vi.waitFor(() => expect(lines).toEqual(['started']))
  await child.stop()
  expect(lines).toEqual(['started', 'stopped'])
})

it('one that ends before it is ready shows its last words', async () => {
  const child = await start('broken', `console.error('no database'); process.exit(3)`)
  const error = await child.ready.catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(ChildFailed)
  expect(error).toMatchObject({
    message: 'broken did not start: exit code 3\nno database',
    lines: ['no database'],
  })
})

it('one that ignores SIGTERM is ended after the grace period', async () => {
  const child = await start(
    'stubborn',
    `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.send({ ready: true })`,
  )
  await child.ready
  await child.stop(100)
  expect(await child.exited).toBe('ended by SIGKILL')
})

it('does not outlive its parent, even one that is killed', async () => {
  await writeFile(join(folder, 'server.ts'), server)
  const parent = await start(
    'parent',
    `import { writeFileSync } from 'node:fs'
     import { startChild } from ${childModule}
     const child = startChild({ name: 'server', file: process.argv[2] + '/server.ts' })
     await child.ready
     writeFileSync(process.argv[2] + '/pid', String(child.pid))
     process.send({ ready: true })`,
  )
  await parent.ready
  const pid = Number(await readFile(join(folder, 'pid'), 'utf8'))
  expect(isAlive(pid)).toBe(true)
  await parent.kill()
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000 })
})
