import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Batch } from './batch.ts'
import { SpillFile } from './spill-file.ts'
import { Spill } from './spill.ts'

let dir: string
const spills: Spill[] = []
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'stratdesk-spill-'))
})
afterEach(async () => {
  for (const spill of spills.splice(0)) spill.close()
  await rm(dir, { recursive: true, force: true })
})

function spillOf(writer: string, heartbeatMs?: number): Spill {
  const spill = new Spill({ dir, writer, bytesMax: 1e6, ...(heartbeatMs ? { heartbeatMs } : {}) })
  spills.push(spill)
  return spill
}

/** What a taker tells. */
interface Taken {
  readonly files: number
  readonly lines: readonly string[]
}

const folders = ['UK9394/2026-11-23', 'UK1234/2026-11-23'] as const
const lineOf = (n: number) => `${JSON.stringify({ n, msg: 'answered' })}\n`
const batchOf = (folder: string, ...numbers: readonly number[]) => {
  const batch = new Batch(folder)
  for (const line of numbers.map(lineOf)) batch.add(line, Buffer.byteLength(line))
  return batch
}
/** Lines of two brokers, in turn. */
const textOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `${folders[(from + n) % 2]} ${lineOf(from + n)}`).join('')

/** As if its process had not been heard of for long. */
async function abandon(name: string): Promise<void> {
  const longAgo = new Date(Date.now() - 10 * 60_000)
  await utimes(join(dir, name), longAgo, longAgo)
}

describe('files that ended processes have left', () => {
  it('are each taken by one process only, when two take them at once, and every line is read once', async () => {
    for (let file = 0; file < 60; file += 1) {
      await writeFile(join(dir, `desk-0-${file}.spill`), textOf(file * 10, file * 10 + 10))
      await abandon(`desk-0-${file}.spill`)
    }
    const fixture = fileURLToPath(new URL('spill-taker.fixture.ts', import.meta.url))
    const takers = ['desk-1', 'desk-2'].map((writer) => fork(fixture, [dir, writer], { execArgv: [] }))
    await Promise.all(takers.map((taker) => once(taker, 'message')))
    const found = takers.map(async (taker) => {
      const told = once(taker, 'message')
      taker.send('go')
      const [taken]: Taken[] = await told
      return taken ?? { files: 0, lines: [] }
    })
    const taken = await Promise.all(found)
    expect(taken.reduce((sum, { files }) => sum + files, 0)).toBe(60)
    const lines = taken.flatMap((one) => one.lines)
    expect(lines).toHaveLength(600)
    expect(new Set(lines)).toEqual(new Set(textOf(0, 600).split(/(?<=\n)/)))
    expect(await readdir(dir)).toEqual([])
  })

  it('are those whose process has shown no sign of life, which a living one does', async () => {
    const [living, other] = [spillOf('desk-1', 20), spillOf('desk-2')]
    await living.write(() => [batchOf(folders[0], 0), batchOf(folders[1], 1)])
    const [name = ''] = await readdir(dir)
    await abandon(name)
    await vi.waitFor(async () =>
      expect(Date.now() - (await stat(join(dir, name))).mtimeMs).toBeLessThan(60_000),
    )
    expect(await other.take()).toEqual({ taken: [], isMore: true })
    living.close()
    // A sign that was under way may still come.
    await vi.waitFor(async () => {
      await abandon(name)
      expect((await other.take()).taken).toHaveLength(1)
    })
  })

  it('are shown to be in use by whoever sends them', async () => {
    await writeFile(join(dir, 'desk-0-1.spill'), textOf(0, 2))
    await abandon('desk-0-1.spill')
    const [first, second] = [spillOf('desk-1', 20), spillOf('desk-2')]
    const [path = ''] = (await first.take()).taken
    expect(await second.take()).toEqual({ taken: [], isMore: true })
    await abandon(path.slice(dir.length + 1))
    await vi.waitFor(async () => expect(Date.now() - (await stat(path)).mtimeMs).toBeLessThan(60_000))
    expect(await second.take()).toEqual({ taken: [], isMore: true })
  })
})

describe('a file that is sent', () => {
  const open = async (text: string, offset = 0) => {
    const path = join(dir, `desk-1-x.${offset}.sending`)
    await writeFile(path, text)
    return SpillFile.open(path)
  }
  /** What a later process would send. */
  async function rest(): Promise<readonly string[] | undefined> {
    const [name] = await readdir(dir)
    if (name === undefined) return undefined
    const file = await SpillFile.open(join(dir, name))
    const lines = await file.next()
    await file.close()
    return lines && Array.from(lines, ({ folder, line }) => `${folder} ${line}`)
  }

  it('keeps what was not sent of a piece in its own place, and is no larger than before', async () => {
    const file = await open(textOf(0, 10))
    expect([...((await file.next()) ?? [])]).toHaveLength(10)
    await file.done([batchOf(folders[1], 1, 3, 5)])
    await file.close()
    expect(await rest()).toEqual([1, 3, 5].map((n) => `${folders[1]} ${lineOf(n)}`))
    const [name = ''] = await readdir(dir)
    expect((await stat(join(dir, name))).size).toBe(textOf(0, 10).length)
  })

  it('loses none of that, and joins no two lines, when the process ends before its name says so', async () => {
    const file = await open(textOf(0, 10))
    await file.next()
    await file.done([batchOf(folders[1], 1, 3, 5)])
    await file.close()
    const [name = ''] = await readdir(dir)
    await rename(join(dir, name), join(dir, 'desk-1-x.0.sending'))
    const lines = await rest()
    const whole = textOf(0, 10).split(/(?<=\n)/)
    expect(lines).toEqual(expect.arrayContaining([1, 3, 5].map((n) => `${folders[1]} ${lineOf(n)}`)))
    expect(lines?.filter((line) => !whole.includes(line))).toEqual([])
  })

  it('stays as it is when nothing of the piece was sent', async () => {
    const file = await open(textOf(0, 4))
    await file.next()
    await file.done([batchOf(folders[0], 0, 2), batchOf(folders[1], 1, 3)])
    await file.close()
    expect(await rest()).toEqual(textOf(0, 4).split(/(?<=\n)/))
  })

  it('is gone when all of it was sent, but for a line that is broken off', async () => {
    const file = await open(`${textOf(0, 4)}${folders[0]} {"n":`)
    expect([...((await file.next()) ?? [])]).toHaveLength(4)
    await file.done()
    while ((await file.next()) !== undefined) await file.done()
    await file.close()
    expect(await rest()).toBeUndefined()
  })
})
