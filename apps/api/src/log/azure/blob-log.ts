import type { AppendBlobClient, ContainerClient } from '@azure/storage-blob'
import { isAnswered, isStorageError, refusesBlob } from './storage-error.ts'

/** Where one folder's lines go now. */
interface Blob {
  readonly client: AppendBlobClient
  /** How long the blob is as far as we know: where the next block has to begin. */
  length: number
  blocks: number
  /**
   * When the last call failed without an answer, until when it may append all the same, by `performance.now()`; undefined
   * when it is known what became of every call.
   */
  uncertainUntil: number | undefined
}

export interface BlobLimits {
  /** Azure takes 50,000 blocks a blob. */
  readonly blocksMax: number
  readonly bytesMax: number
  /** So long a call that was given up may still be under way to Azure or in it; Azure itself gives one up after 30 s. */
  readonly lateMs?: number
}

const usualLimits: BlobLimits = { blocksMax: 45_000, bytesMax: 1024 ** 3 }
const usualLateMs = 60_000
/** So many blobs in a row are left because they refuse; then it is not them, and no more empty ones are made. */
const leftInRowMax = 3
/** A call that is not answered in this time has failed. */
const callMs = 10_000

/** It is not known yet what became of a block: nobody is at fault, and the same call may be made again later. */
export class LateCallError extends Error {
  override readonly name = 'LateCallError'
  constructor(cause: unknown) {
    super('A call that was given up may still append the block', { cause })
  }
}

/**
 * One folder of append blobs that only this process writes: `{folder}/{writer}-{n}.ndjson`. Every block names the place
 * where it must begin, so a block whose reply was lost is not appended twice. A blob that refuses a block is left for the next,
 * but not while a call that was given up may still reach it with that block.
 */
export class BlobLog {
  readonly #container: ContainerClient
  readonly #path: string
  readonly #limits: BlobLimits
  #blob: Blob | undefined
  #count = 0
  #leftInRow = 0

  constructor(container: ContainerClient, path: string, limits = usualLimits) {
    this.#container = container
    this.#path = path
    this.#limits = limits
  }

  /**
   * Appends bytes exactly once; rejects when Azure does not say that it has them, and may then be called again. No call is
   * waited for any longer once `closing` aborts: the process has little time to end in.
   */
  async append(bytes: Buffer, closing: AbortSignal): Promise<void> {
    const blob = this.#hasRoom(bytes.length) ?? (await this.#next(closing))
    try {
      await this.#appendTo(blob, bytes, closing)
    } catch (error) {
      if (isStorageError(error, 404)) this.#blob = undefined
      if (!refusesBlob(error) || this.#leftInRow >= leftInRowMax) throw error
      // When the next one cannot be made either, nobody has said that this one is at fault.
      const next = await this.#next(closing)
      this.#leftInRow += 1
      await this.#appendTo(next, bytes, closing)
    }
    this.#leftInRow = 0
  }

  async #appendTo(blob: Blob, bytes: Buffer, closing: AbortSignal): Promise<void> {
    try {
      await blob.client.appendBlock(bytes, bytes.length, {
        conditions: { appendPosition: blob.length },
        abortSignal: untilGivenUp(closing),
      })
    } catch (error) {
      if (!isAnswered(error)) {
        blob.uncertainUntil = performance.now() + (this.#limits.lateMs ?? usualLateMs)
        throw error
      }
      if (blob.uncertainUntil === undefined) throw error
      // Before Azure says how long the blob is: until that moment the call may have arrived.
      const isOver = performance.now() >= blob.uncertainUntil
      const { contentLength } = await blob.client.getProperties({ abortSignal: untilGivenUp(closing) })
      const hasArrived = contentLength === blob.length + bytes.length
      // It can only be appended where it was to begin: in a blob that has grown otherwise it has no place any more.
      const mayArrive = contentLength === blob.length && !isOver
      if (mayArrive) throw new LateCallError(error)
      if (!hasArrived) throw error
    }
    blob.length += bytes.length
    blob.blocks += 1
    blob.uncertainUntil = undefined
  }

  #hasRoom(bytes: number): Blob | undefined {
    const blob = this.#blob
    if (blob === undefined) return undefined
    return blob.blocks < this.#limits.blocksMax && blob.length + bytes <= this.#limits.bytesMax
      ? blob
      : undefined
  }

  /** Makes the next blob that nobody has made before, in a container that is made when it is missing. */
  async #next(closing: AbortSignal): Promise<Blob> {
    for (;;) {
      const client = this.#container.getAppendBlobClient(`${this.#path}-${this.#count + 1}.ndjson`)
      const isNew = await this.#create(client, closing)
      this.#count += 1
      if (!isNew) continue
      this.#blob = { client, length: 0, blocks: 0, uncertainUntil: undefined }
      return this.#blob
    }
  }

  async #create(client: AppendBlobClient, closing: AbortSignal): Promise<boolean> {
    const abortSignal = untilGivenUp(closing)
    const options = { abortSignal, blobHTTPHeaders: { blobContentType: 'application/x-ndjson' } }
    try {
      return (await client.createIfNotExists(options)).succeeded
    } catch (error) {
      if (!isStorageError(error, 404)) throw error
      await this.#container.createIfNotExists({ abortSignal })
      return (await client.createIfNotExists(options)).succeeded
    }
  }
}

/** Aborts when a call has taken too long, and when the process is ending. */
function untilGivenUp(closing: AbortSignal): AbortSignal {
  return AbortSignal.any([closing, AbortSignal.timeout(callMs)])
}
