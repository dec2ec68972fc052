import { setTimeout as delay } from 'node:timers/promises'
import type { ContainerClient } from '@azure/storage-blob'
import type { Batch } from './batch.ts'
import { BlobLog, type BlobLimits, LateCallError } from './blob-log.ts'
import { jittered, type Outage, type Tell } from './outage.ts'
import { isRefusal, storageAdvice } from './storage-error.ts'

interface SenderOptions {
  readonly container: ContainerClient
  readonly writer: string
  readonly outage: Outage
  readonly tell: Tell
  /** Ends all waiting: what was not taken is left. */
  readonly closing: AbortSignal
  /** The longest pause between two tries. */
  readonly pauseMaxMs: number
  readonly blobLimits: BlobLimits | undefined
}

/** What became of a batch. Refused are those of a folder that Azure does not take while it takes others. */
export type Fate = 'taken' | 'refused' | 'left'

/** A folder's batches, which are sent in their order. */
interface Folder {
  readonly path: string
  readonly blob: BlobLog
  readonly waiting: { readonly batch: Batch; readonly settle: (fate: Fate) => void }[]
  refusals: number
  /** How many batches of others had been taken when this folder was last refused. */
  takenBefore: number
  isRefused: boolean
}

const callsMax = 8
/** A folder is given up after so many refusals, if others are taken. */
const refusalsMax = 6
/** Where it is only a matter of seconds, the pause is that after so many tries: up to four. */
const lateTries = 3
/** So many folders keep their blob open; the ones that were not used longest begin another when they are used again. */
const foldersMax = 2000

/** Sends batches, eight at a time and each folder's one after the other, until Azure has them. */
export class Sender {
  readonly #options: SenderOptions
  readonly #folders = new Map<string, Folder>()
  readonly #ready: Folder[] = []
  #calls = 0
  #taken = 0

  constructor(options: SenderOptions) {
    this.#options = options
  }

  /** Whether batches of this folder wait or are under way. */
  isBusy(path: string): boolean {
    return (this.#folders.get(path)?.waiting.length ?? 0) > 0
  }

  /** Resolves when it is known what became of the batch; never rejects. */
  send(batch: Batch): Promise<Fate> {
    const folder = this.#folderOf(batch.folder)
    const { promise, resolve } = Promise.withResolvers<Fate>()
    folder.waiting.push({ batch, settle: resolve })
    if (folder.waiting.length === 1) this.#makeReady(folder)
    return promise
  }

  #folderOf(path: string): Folder {
    const { container, writer, blobLimits } = this.#options
    const folder = this.#folders.get(path) ?? {
      path,
      blob: new BlobLog(container, `${path}/${writer}`, blobLimits),
      waiting: [],
      refusals: 0,
      takenBefore: Number.POSITIVE_INFINITY,
      isRefused: false,
    }
    this.#folders.delete(path)
    this.#folders.set(path, folder)
    const [oldest] = this.#folders.values()
    if (this.#folders.size > foldersMax && oldest?.waiting.length === 0) this.#folders.delete(oldest.path)
    return folder
  }

  #makeReady(folder: Folder): void {
    this.#ready.push(folder)
    this.#go()
  }

  #go(): void {
    while (this.#calls < callsMax) {
      const folder = this.#ready.shift()
      if (folder === undefined) return
      this.#calls += 1
      void this.#sendFirst(folder).finally(() => {
        this.#calls -= 1
        this.#go()
      })
    }
  }

  async #sendFirst(folder: Folder): Promise<void> {
    const { closing, outage } = this.#options
    const [first] = folder.waiting
    if (first === undefined || closing.aborted) return this.#settle(folder, 'left')
    const takenAtStart = this.#taken
    try {
      await folder.blob.append(first.batch.content, closing)
    } catch (error) {
      return await this.#failed(folder, error, takenAtStart)
    }
    this.#taken += 1
    folder.refusals = 0
    folder.isRefused = false
    outage.over()
    this.#settle(folder, 'taken')
  }

  #settle(folder: Folder, fate: Fate): void {
    folder.waiting.shift()?.settle(fate)
    if (folder.waiting.length > 0) this.#ready.push(folder)
  }

  /** Decides whether Azure is away, in which case all wait, or only this folder has to. */
  async #failed(folder: Folder, error: unknown, takenAtStart: number): Promise<void> {
    const { closing, outage } = this.#options
    const isLate = error instanceof LateCallError
    if (isLate && isRefusal(error.cause)) return this.#rest(folder, lateTries)
    if (isRefusal(error)) {
      const areOthersTaken = takenAtStart > folder.takenBefore
      folder.takenBefore = this.#taken
      folder.refusals += 1
      const isLong = folder.isRefused || folder.refusals >= refusalsMax
      if (isLong && areOthersTaken) return this.#giveUp(folder, error)
      if (!isLong || folder.isRefused) return this.#rest(folder, folder.refusals)
    }
    await outage.pause(isLate ? error.cause : error, closing)
    this.#ready.push(folder)
  }

  /** Tries this folder again later, the more tries there were, while others go on. */
  #rest(folder: Folder, tries: number): void {
    const { closing, pauseMaxMs } = this.#options
    void delay(jittered(tries, pauseMaxMs), undefined, { ref: false, signal: closing })
      .catch(() => {})
      .then(() => this.#makeReady(folder))
  }

  #giveUp(folder: Folder, error: unknown): void {
    if (!folder.isRefused) {
      const advice = storageAdvice(error)
      this.#options.tell('warn', { folder: folder.path }, `Azure refuses a folder of the log. ${advice}`)
    }
    folder.isRefused = true
    for (const { settle } of folder.waiting.splice(0)) settle('refused')
  }
}
