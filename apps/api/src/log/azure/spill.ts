import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { appendFile, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch } from './batch.ts'

interface SpillOptions {
  readonly dir: string
  /** Tells the files of this process from those of others. */
  readonly writer: string
  /** In the folder at most so much, whichever processes it is of. */
  readonly bytesMax: number
  readonly heartbeatMs?: number
}

/** A spilled line and the folder it belongs to. */
export interface SpilledLine {
  readonly folder: string
  readonly line: string
}

/** Lines that have no room in memory, in files until they can be sent. A file is a line of a folder, then a log line. */
export class Spill {
  readonly #options: SpillOptions
  readonly #heartbeat: NodeJS.Timeout
  #file = 0

  constructor(options: SpillOptions) {
    this.#options = options
    const beat = () => void this.#touchOwn().catch(() => {})
    this.#heartbeat = setInterval(beat, options.heartbeatMs ?? heartbeatMs).unref()
  }

  /** From now on others may take the files of this process, after a while. */
  close(): void {
    clearInterval(this.#heartbeat)
  }

  /** Keeps batches on disk, with one write; how many of them, from the first on, there was room for. */
  async write(batches: readonly Batch[]): Promise<number> {
    await mkdir(this.#options.dir, { recursive: true })
    let room = this.#options.bytesMax - (await this.#bytesOnDisk())
    const texts: string[] = []
    for (const { folder, lines } of batches) {
      const text = lines.map((line) => `${folder} ${line}`).join('')
      room -= Buffer.byteLength(text)
      if (room < 0) break
      texts.push(text)
    }
    try {
      await appendFile(this.#path(this.#file), texts.join(''), { mode: 0o600 })
    } catch (error) {
      // What was written of it ends in the middle of a line: the rest goes into another file.
      this.#file += 1
      throw error
    }
    return texts.length
  }

  async #names(): Promise<readonly string[]> {
    const names = await readdir(this.#options.dir).catch(() => [])
    return names.filter((name) => /\.(spill|sending)$/.test(name))
  }

  async #bytesOnDisk(): Promise<number> {
    let sum = 0
    for (const name of await this.#names()) sum += (await statOf(join(this.#options.dir, name)))?.size ?? 0
    return sum
  }

  /** Shows other processes that this one lives, also when Azure has hung for long. */
  async #touchOwn(): Promise<void> {
    const own = (await this.#names()).filter((name) => this.#isOwn(name))
    await Promise.all(own.map((name) => touch(join(this.#options.dir, name))))
  }

  #isOwn(name: string): boolean {
    return name.startsWith(`${this.#options.writer}-`)
  }

  /**
   * The files to send: those of this process so far, and those that ended processes have left behind. `isMore` when
   * there are others of which it is not known yet whether their process has ended.
   */
  async take(): Promise<{ readonly taken: readonly string[]; readonly isMore: boolean }> {
    this.#file += 1
    const { dir } = this.#options
    const taken: string[] = []
    let isMore = false
    for (const name of await this.#names()) {
      const isOurs = this.#isOwn(name)
      if (!isOurs && (await isInUse(join(dir, name)))) {
        isMore = true
        continue
      }
      const path = await this.#takeFile(name)
      if (path !== undefined) taken.push(path)
    }
    return { taken, isMore }
  }

  /** Makes a file this process' own; undefined when another one was quicker. */
  async #takeFile(name: string): Promise<string | undefined> {
    const { dir, writer } = this.#options
    const path = join(dir, `${writer}-${randomUUID()}.${offsetOf(name)}.sending`)
    try {
      // First, so that it never looks abandoned under its new name.
      await touch(join(dir, name))
      await rename(join(dir, name), path)
      return path
    } catch {
      return undefined
    }
  }

  #path(file: number): string {
    return join(this.#options.dir, `${this.#options.writer}-${file}.spill`)
  }

  /**
   * The lines of a taken file in pieces of a few mebibytes. When the next piece is asked for, the one before is marked
   * as done, so that after an interruption it is not read again. A line that is broken off is left out.
   */
  async *read(taken: string): AsyncGenerator<readonly SpilledLine[]> {
    let path = taken
    const file = await open(path)
    try {
      const { size } = await file.stat()
      const buffer = Buffer.alloc(pieceBytes)
      for (let at = offsetOf(path); at < size;) {
        const { bytesRead } = await file.read(buffer, 0, pieceBytes, at)
        const end = buffer.lastIndexOf(0x0a, bytesRead - 1) + 1
        at += end > 0 ? end : bytesRead
        yield linesOf(buffer.toString('utf8', 0, end))
        const next = path.replace(/\d+\.sending$/, `${at}.sending`)
        await rename(path, next)
        path = next
      }
      await rm(path)
    } finally {
      await file.close()
    }
  }
}

/** More than the longest line, and enough that the lines of many folders are not sent one by one. */
const pieceBytes = 4 * 1024 ** 2
const heartbeatMs = 60_000
const leftAfterMs = 5 * heartbeatMs

/** How much of a file was sent before. */
function offsetOf(path: string): number {
  return Number(/(\d+)\.sending$/.exec(path)?.[1] ?? 0)
}

function linesOf(text: string): readonly SpilledLine[] {
  return text.split('\n').flatMap((line) => {
    const space = line.indexOf(' ')
    return space > 0 && line.endsWith('}')
      ? [{ folder: line.slice(0, space), line: `${line.slice(space + 1)}\n` }]
      : []
  })
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now)
}

async function isInUse(path: string): Promise<boolean> {
  const changed = (await statOf(path))?.mtimeMs ?? Date.now()
  return Date.now() - changed < leftAfterMs
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch {
    // Another process has taken it meanwhile.
    return undefined
  }
}
