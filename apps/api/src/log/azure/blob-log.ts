import type { AppendBlobClient, ContainerClient } from '@azure/storage-blob'
import { isStorageError } from './storage-error.ts'

/** Where one folder's lines go now. */
interface Blob {
  readonly client: AppendBlobClient
  /** How long the blob is as far as we know: where the next block has to begin. */
  length: number
  blocks: number
}

export interface BlobLimits {
  /** Azure takes 50,000 blocks a blob. */
  readonly blocksMax: number
  readonly bytesMax: number
}

const usualLimits: BlobLimits = { blocksMax: 45_000, bytesMax: 1024 ** 3 }
/** A call that is not answered in this time has failed. */
const callMs = 10_000

/**
 * One folder of append blobs that only this process writes: `{folder}/{writer}-{n}.ndjson`. Every block names the place
 * where it must begin, so a block whose reply was lost is not appended twice.
 */
export class BlobLog {
  readonly #container: ContainerClient
  readonly #path: string
  readonly #limits: BlobLimits
  #blob: Blob | undefined
  #count = 0

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
      await blob.client.appendBlock(bytes, bytes.length, {
        conditions: { appendPosition: blob.length },
        abortSignal: untilGivenUp(closing),
      })
    } catch (error) {
      if (isStorageError(error, 404)) this.#blob = undefined
      if (!isStorageError(error, 412) || !(await this.#hasArrived(blob, bytes.length, closing))) throw error
    }
    blob.length += bytes.length
    blob.blocks += 1
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
      this.#blob = { client, length: 0, blocks: 0 }
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

  /** Whether the block is there already: an earlier call appended it and its reply was lost. */
  async #hasArrived(blob: Blob, bytes: number, closing: AbortSignal): Promise<boolean> {
    const { contentLength } = await blob.client.getProperties({ abortSignal: untilGivenUp(closing) })
    if (contentLength === blob.length + bytes) return true
    // Somebody else wrote into our blob: leave it to them.
    this.#blob = undefined
    return false
  }
}

/** Aborts when a call has taken too long, and when the process is ending. */
function untilGivenUp(closing: AbortSignal): AbortSignal {
  return AbortSignal.any([closing, AbortSignal.timeout(callMs)])
}
