import { type Batch, Batches } from './batch.ts'
import type { Tell } from './outage.ts'
import type { Fate } from './sender.ts'
import type { Spill } from './spill.ts'
import { SpillFile, type SpilledLine } from './spill-file.ts'

interface RecoveryOptions {
  readonly spill: Spill
  readonly send: (batch: Batch) => Promise<Fate>
  /** Ends it after the piece that is being sent. */
  readonly closing: AbortSignal
  readonly tell: Tell
}

/** Sends what is on the disk, of this process and of ended ones, a piece after the other. */
export class Recovery {
  readonly #options: RecoveryOptions
  #isMore = true
  #running: Promise<void> | undefined

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Notes that there is something on the disk. */
  spilled(): void {
    this.#isMore = true
  }

  /** Begins, unless it is under way or there is nothing to send. */
  start(): void {
    if (this.#isMore) this.#running ??= this.#recover()
  }

  /** Resolves when nothing is under way; never rejects. */
  async ended(): Promise<void> {
    await this.#running
  }

  async #recover(): Promise<void> {
    try {
      this.#isMore = false
      const { taken, isMore } = await this.#options.spill.take()
      if (isMore) this.#isMore = true
      for (const path of taken) await this.#sendFile(path)
    } catch (err) {
      this.#isMore = true
      this.#options.tell('warn', { err }, 'Log lines on disk could not be read; trying again')
    } finally {
      this.#running = undefined
    }
  }

  async #sendFile(path: string): Promise<void> {
    const file = await SpillFile.open(path)
    try {
      while (!this.#options.closing.aborted) {
        const lines = await file.next()
        if (lines === undefined) return
        const sent = batchesOf(lines).map(async (batch) => ({
          batch,
          fate: await this.#options.send(batch),
        }))
        const left = (await Promise.all(sent)).filter(({ fate }) => fate === 'left')
        await file.done(left.map(({ batch }) => batch))
      }
    } finally {
      await file.close()
    }
  }
}

function batchesOf(lines: Iterable<SpilledLine>): readonly Batch[] {
  const batches = new Batches()
  const full: Batch[] = []
  for (const { folder, line } of lines) {
    const batch = batches.add(folder, line, Buffer.byteLength(line))
    if (batch !== undefined) full.push(batch)
  }
  return [...full, ...batches.take()]
}
