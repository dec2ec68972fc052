import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch } from './batch.ts'

interface SpillOptions {
  readonly dir: string
  /** Tells the files of this process from those of others. */
  readonly writer: string
  /** On disk at most so much of this process. */
  readonly bytesMax: number
}

/** A spilled line and the folder it belongs to. */
export interface SpilledLine {
  readonly folder: string
  readonly line: string
}

/** Lines that have no room in memory, in files until they can be sent. A file is a line of a folder, then a log line. */
export class Spill {
  readonly #options: SpillOptions
  #bytes = 0
  #file = 0

  constructor(options: SpillOptions) {
    this.#options = options
  }

  /** Keeps a batch on disk; false when there is no room left for it. */
  async write({ folder, lines, bytes }: Batch): Promise<boolean> {
    if (this.#bytes + bytes > this.#options.bytesMax) return false
    await mkdir(this.#options.dir, { recursive: true })
    const text = lines.map((line) => `${folder} ${line}`).join('')
    try {
      await appendFile(this.#path(this.#file), text, { mode: 0o600 })
    } catch (error) {
      // What was written of it ends in the middle of a line: the rest goes into another file.
      this.#file += 1
      throw error
    }
    this.#bytes += bytes
    return true
  }

  /**
   * The files to send: those of this process so far, and those that ended processes have left behind. `isMore` when
   * there are others of which it is not known yet whether their process has ended.
   */
  async take(): Promise<{ readonly taken: readonly string[]; readonly isMore: boolean }> {
    this.#file += 1
    this.#bytes = 0
    const { dir, writer } = this.#options
    const names = (await readdir(dir).catch(() => [])).filter((name) => /\.(spill|sending)$/.test(name))
    const taken: string[] = []
    let isMore = false
    for (const name of names) {
      const isOurs = name.startsWith(`${writer}-`)
      if (isOurs && name.endsWith('.sending')) continue
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
   * The lines of a taken file in pieces of about a mebibyte. When the next piece is asked for, the one before is marked
   * as done, so that after an interruption it is not read again. A line that is broken off is left out.
   */
  async *read(taken: string): AsyncGenerator<readonly SpilledLine[]> {
    let path = taken
    const file = await open(path)
    try {
      const { size } = await file.stat()
      for (let at = offsetOf(path); at < size;) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, at)
        const end = buffer.lastIndexOf(0x0a, bytesRead - 1) + 1
        at += end > 0 ? end : bytesRead
        yield linesOf(buffer.toString('utf8', 0, end))
        const next = path.replace(/\d+\.sending$/, `${at}.sending`)
        await rename(path, next)
        await touch(next)
        path = next
      }
      await rm(path)
    } finally {
      await file.close()
    }
  }
}

/** More than the longest line. */
const pieceBytes = 1.25 * 1024 ** 2
const leftAfterMs = 5 * 60_000

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

/** Shows other processes that somebody works with a file. */
async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now)
}

/** A living process writes to its files again and again; those that were left are old. */
async function isInUse(path: string): Promise<boolean> {
  const changed = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  )
  return Date.now() - changed < leftAfterMs
}
