import { setTimeout as delay } from 'node:timers/promises'
import type { ContainerClient } from '@azure/storage-blob'
import { type Batch, Batches, batchBytes } from './batch.ts'
import { BlobLog, type BlobLimits } from './blob-log.ts'
import { Outage, type Tell } from './outage.ts'
import { Spill } from './spill.ts'

interface LogShipperOptions {
  readonly container: ContainerClient
  /** Names this process in blobs: host and boot. */
  readonly writer: string
  readonly spillDir: string
  /** Must not write to this shipper. */
  readonly tell: Tell
  readonly memoryMax?: number
  readonly spillMax?: number
  readonly everyMs?: number
  readonly pauseMaxMs?: number
  readonly blobLimits?: BlobLimits
  readonly now?: () => number
}

/** What became of the lines so far. */
export interface LogCounts {
  readonly written: number
  readonly sent: number
  /** In memory, not yet taken by Azure. */
  readonly queuedBytes: number
  readonly dropped: number
}

const lanesCount = 8
const mebibyte = 1024 ** 2
/** Gathered for the disk at most so much, so that it is not written line by line. */
const gatheredMax = 256 * 1024
/** On its way to the disk at most so much. */
const spillingMax = 8 * mebibyte
/** So many folders keep their blob open; the ones that were not used longest begin another when they are used again. */
const blobsMax = 2000

/**
 * Sends log lines to Azure Blob Storage: `{broker id or _system}/{day}/{host}-{boot}-{n}.ndjson`. Writing never waits.
 * While Azure does not take them, 8 MiB are kept in memory, then 512 MiB on disk; beyond that lines are dropped and counted.
 */
export class LogShipper {
  readonly #options: LogShipperOptions
  readonly #batches = new Batches()
  readonly #lanes = Array.from({ length: lanesCount }, () => Promise.resolve())
  readonly #blobs = new Map<string, BlobLog>()
  readonly #spill: Spill
  readonly #closing = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #now: () => number
  readonly #outage: Outage
  #spilling: Promise<void> = Promise.resolve()
  #recovering: Promise<void> | undefined
  #written = 0
  #sent = 0
  #dropped = 0
  #droppedToTell = 0
  #toldDroppedAt = Number.NEGATIVE_INFINITY
  #bytes = 0
  #spillingBytes = 0
  #hasSpilled = true

  constructor(options: LogShipperOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
    const { tell, pauseMaxMs = 30_000 } = options
    this.#outage = new Outage({ tell, now: this.#now, pauseMaxMs })
    const { spillDir: dir, writer, spillMax: bytesMax = 512 * mebibyte } = options
    this.#spill = new Spill({ dir, writer, bytesMax })
    this.#timer = setInterval(() => this.#sendGathered(), options.everyMs ?? 2000).unref()
  }

  get counts(): LogCounts {
    return {
      written: this.#written,
      sent: this.#sent,
      queuedBytes: this.#bytes + this.#spillingBytes,
      dropped: this.#dropped,
    }
  }

  /** Takes one line with its line end; returns at once. */
  write(line: string): void {
    this.#written += 1
    const bytes = Buffer.byteLength(line)
    if (bytes > batchBytes) return this.#drop(1)
    this.#bytes += bytes
    const full = this.#batches.add(line, bytes, this.#now())
    if (full) this.#keep(full)
    if (this.#isFull && this.#batches.bytes >= gatheredMax) this.#sendGathered()
  }

  /** Sends what there is within `patienceMs`; what Azure does not take by then goes to disk. */
  async close(patienceMs = 5000): Promise<void> {
    clearInterval(this.#timer)
    for (const batch of this.#batches.take()) this.#keep(batch)
    // This timer keeps the process alive, which nothing else may do any more while it ends.
    const patience = new AbortController()
    const isSent = await Promise.race([
      this.#drained().then(() => true),
      delay(patienceMs, false, { signal: patience.signal }).catch(() => false),
    ])
    patience.abort()
    this.#closing.abort()
    if (!isSent) await this.#drained()
    await this.#spilling
    this.#toldDroppedAt = Number.NEGATIVE_INFINITY
    this.#tellDropped()
  }

  async #drained(): Promise<void> {
    await Promise.all([...this.#lanes, this.#recovering])
  }

  #sendGathered(): void {
    this.#tellDropped()
    // While Azure is away the batches rather grow than become many.
    if (this.#outage.isOn && !this.#isFull) return
    for (const batch of this.#batches.take()) this.#keep(batch)
    if (this.#hasSpilled && !this.#outage.isOn) this.#recovering ??= this.#recover()
  }

  get #isFull(): boolean {
    return this.#bytes > (this.#options.memoryMax ?? 8 * mebibyte)
  }

  /** Queues a batch for Azure while memory has room, else for the disk. */
  #keep(batch: Batch): void {
    if (this.#isFull) this.#spillBatch(batch)
    else void this.#queue(batch)
  }

  #queue(batch: Batch): Promise<void> {
    const lane = laneOf(batch.folder)
    const sent = (this.#lanes[lane] ?? Promise.resolve()).then(() => this.#deliver(batch))
    this.#lanes[lane] = sent
    return sent
  }

  /** Tries until Azure has the batch; when the shipper is closing, the disk has to take it. */
  async #deliver(batch: Batch): Promise<void> {
    const bytes = Buffer.from(batch.lines.join(''))
    for (;;) {
      if (this.#closing.signal.aborted) return this.#spillBatch(batch)
      try {
        await this.#blobOf(batch.folder).append(bytes, this.#closing.signal)
        this.#bytes -= batch.bytes
        this.#sent += batch.lines.length
        this.#outage.over()
        return
      } catch (error) {
        await this.#outage.pause(error, this.#closing.signal)
      }
    }
  }

  #blobOf(folder: string): BlobLog {
    const path = `${folder}/${this.#options.writer}`
    const blob = this.#blobs.get(path) ?? new BlobLog(this.#options.container, path, this.#options.blobLimits)
    this.#blobs.delete(path)
    this.#blobs.set(path, blob)
    const [oldest] = this.#blobs.keys()
    if (this.#blobs.size > blobsMax && oldest !== undefined) this.#blobs.delete(oldest)
    return blob
  }

  #spillBatch(batch: Batch): void {
    this.#bytes -= batch.bytes
    // A disk that is too slow or hung must not fill the memory instead.
    if (this.#spillingBytes > spillingMax) return this.#drop(batch.lines.length)
    this.#spillingBytes += batch.bytes
    this.#spilling = this.#spilling.then(async () => {
      const isKept = await this.#spill.write(batch).catch(() => false)
      this.#hasSpilled = true
      this.#spillingBytes -= batch.bytes
      if (!isKept) this.#drop(batch.lines.length)
    })
  }

  #drop(lines: number): void {
    this.#dropped += lines
    this.#droppedToTell += lines
  }

  /** Says what was lost, at once and then once a minute at most. */
  #tellDropped(): void {
    if (this.#droppedToTell === 0 || this.#now() - this.#toldDroppedAt < 60_000) return
    this.#options.tell('warn', { dropped: this.#droppedToTell }, 'log lines were dropped: no room for them')
    this.#droppedToTell = 0
    this.#toldDroppedAt = this.#now()
  }

  async #recover(): Promise<void> {
    try {
      for (const path of await this.#takeSpilled()) await this.#sendFile(path)
    } catch (error) {
      this.#hasSpilled = true
      this.#options.tell('warn', { err: error }, 'Log lines on disk could not be read; trying again')
    } finally {
      this.#recovering = undefined
    }
  }

  /** Between two writes, so that no file is taken that is being written to. */
  async #takeSpilled(): Promise<readonly string[]> {
    const taking = this.#spilling.then(async () => {
      this.#hasSpilled = false
      const { taken, isMore } = await this.#spill.take()
      if (isMore) this.#hasSpilled = true
      return taken
    })
    this.#spilling = taking.then(ignore, ignore)
    return await taking
  }

  /** Sends what is in a file, a piece after the other; what cannot be sent while closing goes back to the disk. */
  async #sendFile(path: string): Promise<void> {
    for await (const lines of this.#spill.read(path)) {
      // Only when the next piece is asked for is the one before marked as done.
      if (this.#closing.signal.aborted) return
      const batches = new Batches()
      const full = lines.flatMap(
        ({ folder, line }) => batches.addTo(folder, line, Buffer.byteLength(line)) ?? [],
      )
      await Promise.all([...full, ...batches.take()].map((batch) => this.#sendSpilled(batch)))
    }
  }

  async #sendSpilled(batch: Batch): Promise<void> {
    this.#bytes += batch.bytes
    await this.#queue(batch)
  }
}

function laneOf(folder: string): number {
  let sum = 0
  for (let at = 0; at < folder.length; at += 1) sum = (sum * 31 + folder.charCodeAt(at)) >>> 0
  return sum % lanesCount
}

function ignore(): void {}
