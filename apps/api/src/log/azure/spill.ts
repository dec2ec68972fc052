import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { mkdir, open, readdir, rename, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch } from './batch.ts'
import { sendingName, spilledBytes } from './spill-file.ts'

interface SpillOptions {
  readonly dir: string
  /** Tells the files of this process from those of others. */
  readonly writer: string
  /** In the folder at most so much, whichever processes it is of. */
  readonly bytesMax: number
  readonly heartbeatMs?: number
}

/**
 * Lines that have no room in memory, in files until they can be sent. A file is a line of a folder, then a log line. What is
 * asked of it is done in turn, so that no file is taken while it is written to.
 */
export class Spill {
  readonly #options: SpillOptions
  readonly #heartbeat: NodeJS.Timeout
  #name = randomUUID()
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: SpillOptions) {
    this.#options = options
    const beat = () => void this.#touchOwn().catch(ignore)
    this.#heartbeat = setInterval(beat, options.heartbeatMs ?? heartbeatMs).unref()
  }

  /** From now on others may take the files of this process, after a while. */
  close(): void {
    clearInterval(this.#heartbeat)
  }

  /** Keeps the batches that there are when it comes to it, with one write; how many of them, from the first on, there was room for. */
  write(batches: () => readonly Batch[]): Promise<number> {
    return this.#inTurn(() => this.#write(batches()))
  }

  /**
   * The files to send: those of this process so far, and those that ended processes have left behind. `isMore` when
   * there are others of which it is not known yet whether their process has ended.
   */
  take(): Promise<{ readonly taken: readonly string[]; readonly isMore: boolean }> {
    return this.#inTurn(() => this.#take())
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(ignore)
    return done
  }

  async #write(batches: readonly Batch[]): Promise<number> {
    await mkdir(this.#options.dir, { recursive: true })
    let room = this.#options.bytesMax - (await this.#bytesOnDisk())
    const kept: Buffer[] = []
    let size = 0
    for (const batch of batches) {
      const spilled = spilledBytes(batch)
      room -= spilled.length
      if (room < 0) break
      size += spilled.length
      kept.push(spilled)
    }
    const path = join(this.#options.dir, `${this.#options.writer}-${this.#name}.spill`)
    try {
      await using file = await open(path, 'a', 0o600)
      const { bytesWritten } = await file.writev(kept)
      if (bytesWritten < size) throw new Error('The disk has no room for all of it')
    } catch (error) {
      // What was written of it ends in the middle of a line: the rest goes into another file.
      this.#name = randomUUID()
      throw error
    }
    return kept.length
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

  async #take(): Promise<{ readonly taken: readonly string[]; readonly isMore: boolean }> {
    this.#name = randomUUID()
    const taken: string[] = []
    let isMore = false
    for (const name of await this.#names()) {
      if (!this.#isOwn(name) && (await isInUse(join(this.#options.dir, name)))) {
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
    const path = join(dir, sendingName(writer, name))
    try {
      // First, so that it never looks abandoned under its new name.
      await touch(join(dir, name))
      await rename(join(dir, name), path)
      return path
    } catch {
      return undefined
    }
  }
}

const heartbeatMs = 60_000
const leftAfterMs = 5 * heartbeatMs

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

function ignore(): void {}
